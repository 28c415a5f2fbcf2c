package io.sparkswitch.distill.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.tensor.Natives;
import io.sparkswitch.model.tensor.Tensors;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SoftTargetsBatchTest {
  private static final int K = 3;

  private PointerScope scope;

  @BeforeAll
  static void natives() {
    Natives.prepare();
  }

  @BeforeEach
  void open() {
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  /** Against targets made position by position from the same logits, padding included. */
  @Test
  void distributionsLieWhereTheirLogitsLie() {
    Batch part = Rows.batch(2).slice(1, 4);
    SoftTargetsBatch batch = SoftTargetsBatch.of(Rows.rows(2, 1, 4, K), part);
    int[] tokens = Tensors.toInts(batch.tokens());
    float[] probabilities = Tensors.toFloats(batch.probabilities());
    float[] remainder = Tensors.toFloats(batch.remainder());
    TopKTargets all = TopKTargets.of(Rows.logits(2, 1, 4), K);
    assertThat(batch.positions()).isEqualTo(all.positions());
    int padding = 0;
    for (int p = 0; p < all.positions(); p++) {
      double mass = remainder[p];
      boolean real = part.decoderLossWeights()[p] > 0;
      padding += real ? 0 : 1;
      for (int i = p * K; i < (p + 1) * K; i++) {
        assertThat(tokens[i]).isEqualTo(real ? all.tokens()[i] : 0);
        float expected = real ? all.probabilities()[i] : 0;
        assertThat(probabilities[i]).isCloseTo(expected, within(0.003f));
        mass += probabilities[i];
      }
      assertThat(mass).isCloseTo(real ? 1 : 0, within(1e-6));
    }
    assertThat(padding).isEqualTo(2);
  }

  @Test
  void rowsThatDoNotFitTheBatchAreRefused() {
    List<SoftTargets> rows = Rows.rows(0, 0, 2, K);
    Batch other = Rows.batch(0).slice(1, 3);
    Batch more = Rows.batch(0).slice(0, 3);
    assertThatThrownBy(() -> SoftTargetsBatch.of(rows, other))
        .hasMessage(
            "step 0, sequence 0: soft targets for 4 positions with k = 3, needed are 3 with k = 3");
    assertThatThrownBy(() -> SoftTargetsBatch.of(rows, more))
        .hasMessage("2 rows of soft targets for a batch of 3 sequences");
  }
}
