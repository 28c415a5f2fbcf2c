package io.sparkswitch.distill.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.tensor.Tensors;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SoftTargetsBatchTest {
  private static final TargetsSettings TOP_3 = TargetsSettings.topK(3, TargetValues.BFLOAT16);

  private PointerScope scope;

  @BeforeEach
  void open() {
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  /** Against the rows themselves, position by position, padding included. */
  @Test
  void distributionsLieWhereTheirLogitsLie() {
    Batch part = Rows.batch(2).slice(1, 4);
    for (TargetsSettings settings : List.of(TOP_3, TargetsSettings.sampled(20))) {
      List<SoftTargets> rows = Rows.rows(2, 1, 4, settings);
      SoftTargetsBatch.Kept batch = (SoftTargetsBatch.Kept) SoftTargetsBatch.of(rows, part);
      int width = (int) batch.kept();
      int[] tokens = Tensors.toInts(batch.tokens());
      float[] probabilities = Tensors.toFloats(batch.probabilities());
      float[] remainder =
          batch.remainder().map(Tensors::toFloats).orElse(new float[3 * Rows.LENGTH]);
      assertThat(batch.remainder().isPresent()).isEqualTo(settings == TOP_3);
      int padding = 0;
      for (int at = 0; at < batch.positions(); at++) {
        double mass = remainder[at];
        boolean real = at % Rows.LENGTH < rows.get(at / Rows.LENGTH).positions();
        padding += real ? 0 : 1;
        Distributions row = rows.get(at / Rows.LENGTH).distributions();
        int begin = real ? row.begin(at % Rows.LENGTH) : 0;
        int kept = real ? row.end(at % Rows.LENGTH) - begin : 0;
        for (int i = 0; i < width; i++) {
          assertThat(tokens[at * width + i]).isEqualTo(i < kept ? row.tokens()[begin + i] : 0);
          float expected = i < kept ? row.probabilities()[begin + i] : 0;
          assertThat(probabilities[at * width + i]).isCloseTo(expected, within(0.003f));
          mass += probabilities[at * width + i];
        }
        assertThat(mass).isCloseTo(real ? 1 : 0, within(1e-6));
      }
      assertThat(padding).isEqualTo(2);
    }
  }

  @Test
  void fullTargetsOfAStoreAreThoseOfTheTeacherAtHand() {
    Batch part = Rows.batch(0).slice(0, 1);
    TargetsSettings settings = TargetsSettings.full(Rows.VOCAB, TargetValues.FLOAT32).at(2);
    SoftTargetsBatch stored = SoftTargetsBatch.of(Rows.rows(0, 0, 1, settings), part);
    SoftTargetsBatch online = SoftTargetsBatch.ofTeacher(Rows.logits(0, 0, 1), 2);
    assertThat(difference((SoftTargetsBatch.Full) stored, (SoftTargetsBatch.Full) online))
        .isLessThan(1e-6);
  }

  @Test
  void wholeDistributionsInBfloat16HaveTheMassOneAgain() {
    TargetsSettings settings = TargetsSettings.full(Rows.VOCAB, TargetValues.BFLOAT16);
    List<SoftTargets> rows = Rows.rows(0, 0, 1, settings);
    SoftTargetsBatch.Full batch =
        (SoftTargetsBatch.Full) SoftTargetsBatch.of(rows, Rows.batch(0).slice(0, 1));

    float[] probabilities = Tensors.toFloats(batch.probabilities());
    int real = rows.get(0).positions();
    assertThat(real).isPositive();
    for (int position = 0; position < real; position++) {
      double mass = 0;
      for (int token = 0; token < Rows.VOCAB; token++) {
        mass += probabilities[position * Rows.VOCAB + token];
      }
      assertThat(mass).isCloseTo(1, within(1e-6));
    }
  }

  private static double difference(SoftTargetsBatch.Full a, SoftTargetsBatch.Full b) {
    return a.probabilities().sub(b.probabilities()).abs().max().item_double();
  }

  @Test
  void rowsThatDoNotFitTheBatchAreRefused() {
    List<SoftTargets> rows = Rows.rows(0, 0, 2, TOP_3);
    Batch other = Rows.batch(0).slice(1, 3);
    Batch more = Rows.batch(0).slice(0, 3);
    assertThatThrownBy(() -> SoftTargetsBatch.of(rows, other))
        .hasMessage(
            "step 0, sequence 0: soft targets for 4 positions, needed are 3 of the first row's kind");
    assertThatThrownBy(() -> SoftTargetsBatch.of(rows, more))
        .hasMessage("2 rows of soft targets for a batch of 3 sequences");
  }
}
