package io.sparkswitch.distill.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Tensors;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TargetRuleTest {
  private PointerScope scope;

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
    for (double temperature : new double[] {1, 2}) {
      Tensor logits = Rows.logits(0, 0, 2).narrow(0, 0, positions);
      float[] values = Tensors.toFloats(logits);
      Distributions targets = topK(logits, k, temperature);
      for (int p = 0; p < positions; p++) {
        double[] exact = softmax(values, p, temperature);
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
  }

  @Test
  void roundedProbabilitiesAreTorchsBfloat16() {
    Tensor logits = Rows.logits(1, 0, 2);
    float[] expected = Tensors.toFloats(Softened.of(logits, 1).to(ScalarType.BFloat16));
    assertThat(full(logits, TargetValues.BFLOAT16).probabilities()).isEqualTo(expected);
  }

  @Test
  void eightBitsAreTwelveNumbersAnOctaveAndErrBy29PerMilleAtMost() {
    Set<Float> numbers = new TreeSet<>();
    double largest = 0;
    for (double p = 1; p > 1e-7; p *= 0.9983) {
      float rounded = TargetValues.EIGHT_BIT.rounded((float) p);
      numbers.add(rounded);
      if (p > 5e-7) {
        largest = Math.max(largest, Math.abs(rounded / p - 1));
      }
    }
    assertThat(numbers).hasSize(256).contains(1f, 0.5f, 0.25f);
    assertThat(largest).isBetween(0.025, 0.0295);
    assertThat(TargetValues.EIGHT_BIT.rounded(0)).isEqualTo(numbers.iterator().next());
  }

  /** The divergence of what is read back from the teacher, nats a target. */
  @Test
  void aPerfectStudentLosesNextToNothingByRounding() {
    assertThat(divergence(TargetValues.FLOAT32)).isCloseTo(0, within(1e-7));
    assertThat(divergence(TargetValues.BFLOAT16)).isBetween(1e-8, 2e-6);
    assertThat(divergence(TargetValues.EIGHT_BIT)).isBetween(2e-5, 1.5e-4);
  }

  private static double divergence(TargetValues values) {
    int positions = 300;
    Tensor logits = new Noise(2, 0).uniform(0, Noise.Site.JITTER, 0, positions, 1000, -6, 6);
    Tensor all = Softened.of(logits, 1);
    Distributions exact = new TopKTargets(50, TargetValues.FLOAT32).of(all, new long[0]);
    Distributions rounded = new TopKTargets(50, values).of(all, new long[0]);
    double sum = 0;
    for (int position = 0; position < positions; position++) {
      for (int i = exact.begin(position); i < exact.end(position); i++) {
        double p = exact.probabilities()[i] * exact.correction(position);
        double q = rounded.probabilities()[i] * rounded.correction(position);
        sum += p * Math.log(p / q);
      }
    }
    return sum / positions;
  }

  @Test
  void aTinyRemainderKeepsItsDigits() {
    Distributions targets = topK(Tensors.floats(new float[] {40, 0, 0, 0}, 1, 4), 1, 1);
    double exact = 3 * Math.exp(-40) / (1 + 3 * Math.exp(-40));
    assertThat((double) targets.remainder()[0]).isCloseTo(exact, within(exact * 1e-6));
  }

  @Test
  void fullDistributionsNameNoTokens() {
    Distributions targets = full(Rows.logits(2, 0, 1), TargetValues.FLOAT32);
    assertThat(targets.isFull()).isTrue();
    assertThat(targets.positions()).isEqualTo(Rows.LENGTH);
    assertThat(targets.end(0)).isEqualTo(Rows.VOCAB);
    assertThat(targets.remainder()).containsOnly(0f);
  }

  @Test
  void aTeacherThatDivergedIsRefused() {
    Tensor logits = Tensors.floats(new float[] {1, Float.NaN}, 1, 2);
    assertThatThrownBy(() -> topK(logits, 1, 1)).hasMessageContaining("has diverged");
  }

  @Test
  void massesThatAreNoDistributionAreRefused() {
    Distributions half =
        Distributions.of(2, new int[] {0, 1}, new float[] {.5f, .25f}, new float[1]);
    assertThatThrownBy(() -> half.requireMass(0.01))
        .hasMessage("the masses at position 0 add up to 0.75, not to 1");
    assertThatThrownBy(
            () -> Distributions.of(1, new int[1], new float[] {2}, new float[] {Float.NaN}))
        .hasMessage("a mass at position 0 is below 0 or no number");
    assertThatThrownBy(
            () -> new Distributions(new int[1], new int[0], new float[0], new float[] {1}))
        .hasMessage("no token is kept at position 0");
  }

  @Test
  void eightBitValuesAreForTopKAlone() {
    assertThatThrownBy(() -> TargetsSettings.full(9, TargetValues.EIGHT_BIT))
        .hasMessageContaining("8-bit values are for top-k alone");
  }

  private static Distributions topK(Tensor logits, int k, double temperature) {
    return new TopKTargets(k, TargetValues.BFLOAT16)
        .of(Softened.of(logits, temperature), new long[0]);
  }

  private static Distributions full(Tensor logits, TargetValues values) {
    return new FullTargets(values).of(Softened.of(logits, 1), new long[0]);
  }

  private static double[] softmax(float[] logits, int position, double temperature) {
    double[] exponentials = new double[Rows.VOCAB];
    Arrays.setAll(exponentials, i -> Math.exp(logits[position * Rows.VOCAB + i] / temperature));
    double sum = Arrays.stream(exponentials).sum();
    return Arrays.stream(exponentials).map(e -> e / sum).toArray();
  }
}
