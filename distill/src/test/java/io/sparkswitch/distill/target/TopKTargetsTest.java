package io.sparkswitch.distill.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.model.tensor.Natives;
import io.sparkswitch.model.tensor.Tensors;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TopKTargetsTest {
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

  /** The definition, in Java: sort, keep k, add up the others. */
  @Test
  void theLikeliestTokensComeFirstAndTheOthersAreOneMass() {
    int positions = 6;
    int k = 3;
    Tensor logits = Rows.logits(0, 0, 2).narrow(0, 0, positions);
    float[] values = Tensors.toFloats(logits);
    TopKTargets targets = TopKTargets.of(logits, k);
    for (int p = 0; p < positions; p++) {
      double[] exact = softmax(Arrays.copyOfRange(values, p * Rows.VOCAB, (p + 1) * Rows.VOCAB));
      int[] order =
          IntStream.range(0, Rows.VOCAB)
              .boxed()
              .sorted((a, b) -> Double.compare(exact[b], exact[a]))
              .mapToInt(Integer::intValue)
              .toArray();
      double others = 1;
      for (int i = 0; i < k; i++) {
        assertThat(targets.tokens()[p * k + i]).isEqualTo(order[i]);
        double expected = exact[order[i]];
        assertThat((double) targets.probabilities()[p * k + i])
            .isCloseTo(expected, within(expected / 256));
        others -= expected;
      }
      assertThat((double) targets.remainder()[p]).isCloseTo(others, within(1e-6));
    }
  }

  @Test
  void probabilitiesFitBfloat16() {
    TopKTargets targets = TopKTargets.of(Rows.logits(1, 0, 2), 4);
    assertThat(targets.probabilities()).isNotEmpty();
    for (float probability : targets.probabilities()) {
      assertThat(Float.floatToIntBits(probability) & 0xFFFF).isZero();
    }
  }

  @Test
  void aTinyRemainderKeepsItsDigits() {
    TopKTargets targets = TopKTargets.of(Tensors.floats(new float[] {40, 0, 0, 0}, 1, 4), 1);
    double exact = 3 * Math.exp(-40) / (1 + 3 * Math.exp(-40));
    assertThat((double) targets.remainder()[0]).isCloseTo(exact, within(exact * 1e-6));
  }

  @Test
  void allTokensAreTheFullDistributionInTheOrderOfIds() {
    Tensor logits = Rows.logits(2, 0, 1);
    for (int k : new int[] {0, Rows.VOCAB}) {
      TopKTargets targets = TopKTargets.of(logits, k);
      assertThat(targets.k()).isEqualTo(Rows.VOCAB);
      assertThat(Arrays.copyOf(targets.tokens(), Rows.VOCAB))
          .isEqualTo(IntStream.range(0, Rows.VOCAB).toArray());
      assertThat(targets.remainder()).containsOnly(0f);
    }
  }

  @Test
  void moreTokensThanTheVocabularyHasAreRefused() {
    assertThatThrownBy(() -> TopKTargets.of(Rows.logits(0, 0, 1), 12))
        .hasMessage(
            "teach.top-k = 12: allowed are 1 to the vocabulary's 11 rows, and 0 for all of them");
  }

  @Test
  void aTeacherThatDivergedIsRefused() {
    Tensor logits = Tensors.floats(new float[] {1, Float.NaN}, 1, 2);
    assertThatThrownBy(() -> TopKTargets.of(logits, 1)).hasMessageContaining("has diverged");
  }

  @Test
  void massesThatAreNoDistributionAreRefused() {
    assertThatThrownBy(
            () -> new TopKTargets(1, 2, new int[] {0, 1}, new float[] {.5f, .25f}, new float[1]))
        .hasMessage("the masses at position 0 add up to 0.75, not to 1");
  }

  private static double[] softmax(float[] logits) {
    double[] exponentials = new double[logits.length];
    Arrays.setAll(exponentials, i -> Math.exp(logits[i]));
    double sum = Arrays.stream(exponentials).sum();
    return Arrays.stream(exponentials).map(e -> e / sum).toArray();
  }
}
