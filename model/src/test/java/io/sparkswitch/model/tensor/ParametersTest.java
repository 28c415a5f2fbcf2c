package io.sparkswitch.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.model.tensor.ParameterSpec.Initialiser;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ParametersTest {
  private static final ParameterSpec A = spec("a", 2, 3);
  private static final ParameterSpec B = spec("b", 4);

  private PointerScope scope;
  private Parameters parameters;

  @BeforeEach
  void open() {
    scope = new PointerScope();
    parameters = new Parameters(List.of(A, B), ScalarType.Double);
  }

  @AfterEach
  void close() {
    parameters.close();
    scope.close();
  }

  @Test
  void valuesAreViewsOfOneFlatVectorInTheOrderOfTheSpecs() {
    parameters.assign(Doubles.tensor(new double[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 10));
    assertThat(Doubles.of(parameters.value("a"))).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(Doubles.of(parameters.value("b"))).containsExactly(6, 7, 8, 9);
    assertThat(parameters.value("a").size(0)).isEqualTo(2);
    assertThat(parameters.value("a").size(1)).isEqualTo(3);
    assertThat(parameters.value("b").data_ptr().address())
        .isEqualTo(parameters.values().data_ptr().address() + 6 * Double.BYTES);
  }

  @Test
  void backwardAddsIntoTheFlatGradients() {
    parameters.assign(Doubles.normal(1, 10L));
    double[] values = Doubles.of(parameters.values());
    for (int pass = 1; pass <= 2; pass++) {
      Tensor loss = parameters.value("a").square().sum().add(parameters.value("b").sum());
      loss.backward();
      double[] gradients = Doubles.of(parameters.gradients());
      for (int i = 0; i < 10; i++) {
        assertThat(gradients[i]).isCloseTo(pass * (i < 6 ? 2 * values[i] : 1), within(1e-12));
      }
    }
    assertThat(Doubles.of(parameters.gradient("b"))).containsOnly(2.0);
    assertThat(parameters.value("b").grad().data_ptr().address())
        .isEqualTo(parameters.gradients().data_ptr().address() + 6 * Double.BYTES);
    parameters.zeroGradients();
    assertThat(Doubles.of(parameters.gradient("a"))).containsOnly(0.0);
  }

  @Test
  void gradientsLandInTheFlatVectorAfterItWasZeroed() {
    parameters.zeroGradients();
    parameters.value("b").sum().backward();
    assertThat(Doubles.of(parameters.gradients())).containsExactly(0, 0, 0, 0, 0, 0, 1, 1, 1, 1);
  }

  @Test
  void twoParametersOfOneNameAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Parameters(List.of(A, B, spec("a", 5)), ScalarType.Float))
        .withMessageContaining("two parameters are called a");
  }

  @Test
  void anUnknownNameIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parameters.value("c"))
        .withMessageContaining("no parameter is called c");
    assertThat(parameters.has("c")).isFalse();
  }

  @Test
  void firstValuesDependOnSeedAndDrawingNameAlone() {
    ParameterSpec renamed = new ParameterSpec("z", new long[] {4}, Initialiser.normal(1), "b");
    Parameters other = new Parameters(List.of(renamed, A), ScalarType.Double);
    parameters.initialise(5);
    other.initialise(5);
    assertThat(Doubles.of(other.value("z"))).containsExactly(Doubles.of(parameters.value("b")));
    assertThat(Doubles.of(other.value("a"))).containsExactly(Doubles.of(parameters.value("a")));
    other.initialise(6);
    assertThat(Doubles.of(other.value("z"))).isNotEqualTo(Doubles.of(parameters.value("b")));
  }

  @Test
  void theTruncatedNormalStaysWithinTwoDeviationsAndTheNormalHasItsDeviation() {
    Parameters many =
        new Parameters(
            List.of(
                new ParameterSpec("t", new long[] {100, 400}, truncated(), "t"),
                new ParameterSpec("n", new long[] {100, 400}, Initialiser.normal(0.5), "n"),
                new ParameterSpec("o", new long[] {3}, Initialiser.ones(), "o")),
            ScalarType.Double);
    many.initialise(1);
    double limit = 2 * Math.sqrt(0.1 / 400);
    assertThat(Doubles.largest(Doubles.of(many.value("t")))).isBetween(0.9 * limit, limit);
    double[] normal = Doubles.of(many.value("n"));
    double square = 0;
    for (double value : normal) {
      square += value * value / normal.length;
    }
    // The square of a normal draw has the variance 2 σ⁴.
    assertThat(square).isCloseTo(0.25, within(4 * 0.25 * Math.sqrt(2.0 / normal.length)));
    assertThat(Doubles.of(many.value("o"))).containsOnly(1.0);
  }

  private static Initialiser truncated() {
    return Initialiser.truncatedNormal(0.1, 400);
  }

  private static ParameterSpec spec(String name, long... shape) {
    return new ParameterSpec(name, shape, Initialiser.normal(1), name);
  }
}
