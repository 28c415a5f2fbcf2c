package io.sparkswitch.model.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.ParameterSpec.Initialiser;
import io.sparkswitch.model.tensor.Parameters;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdafactorTest {
  private PointerScope scope;

  @BeforeEach
  void open() {
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void eachExpertsUpdateIsThatOfTheExpertAlone() {
    List<ParameterSpec> experts = List.of(spec("e0", 6, 9), spec("e1", 6, 9), spec("e2", 6, 9));
    AdafactorSettings settings = factoredFrom(2);
    double[][] together = train(experts, settings, 0);
    for (int e = 0; e < experts.size(); e++) {
      double[][] alone = train(experts.subList(e, e + 1), settings, e);
      assertThat(together[e]).isEqualTo(alone[0]);
    }
    assertThat(together[0]).isNotEqualTo(together[1]);
  }

  @Test
  void statisticsAreFactoredOnlyWhereBothSidesAreLongEnough() {
    List<ParameterSpec> specs = List.of(spec("wide", 4, 9), spec("big", 5, 5), spec("norm", 9));
    AdafactorSettings settings = factoredFrom(5);
    try (Parameters parameters = new Parameters(specs, ScalarType.Float);
        Adafactor adafactor = new Adafactor(parameters, settings)) {
      assertThat(adafactor.state())
          .containsOnlyKeys(
              "adafactor.square.wide",
              "adafactor.row.big",
              "adafactor.column.big",
              "adafactor.square.norm");
    }
  }

  @Test
  void theFirstMomentIsKeptOnlyWhereItIsAskedFor() {
    AdafactorSettings t5 = AdafactorSettings.t5();
    AdafactorSettings settings = new AdafactorSettings(t5.statistics(), 1, t5.leastScale(), 0.9, 0);
    try (Parameters parameters = new Parameters(List.of(spec("norm", 9)), ScalarType.Float);
        Adafactor adafactor = new Adafactor(parameters, settings)) {
      assertThat(adafactor.state())
          .containsOnlyKeys("adafactor.square.norm", "adafactor.average.norm");
    }
  }

  @Test
  void gradientsAreLeftAsTheyAre() {
    List<ParameterSpec> specs = List.of(spec("matrix", 6, 9), spec("norm", 9));
    try (Parameters parameters = new Parameters(specs, ScalarType.Double);
        Adafactor adafactor = new Adafactor(parameters, factoredFrom(2))) {
      put(parameters.gradients(), Doubles.normal(1, 63));
      adafactor.step(1, 0.01);
      assertThat(Doubles.of(parameters.gradients())).isEqualTo(Doubles.draws(1, 63));
    }
  }

  @Test
  void aTensorOfThreeDimensionsIsRefused() {
    try (Parameters parameters = new Parameters(List.of(spec("cube", 2, 3, 4)), ScalarType.Float)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Adafactor(parameters, AdafactorSettings.t5()))
          .withMessage("cube has shape [2, 3, 4]; Adafactor takes vectors and matrices");
    }
  }

  private static AdafactorSettings factoredFrom(int side) {
    AdafactorSettings t5 = AdafactorSettings.t5();
    return new AdafactorSettings(
        new AdafactorSettings.Statistics(side, 0.8, 1e-30), 1, t5.leastScale(), 0, 0);
  }

  /** Three steps; expert number {@code first + i} has draws and gradients of its own. */
  private static double[][] train(
      List<ParameterSpec> specs, AdafactorSettings settings, int first) {
    try (Parameters parameters = new Parameters(specs, ScalarType.Double);
        Adafactor adafactor = new Adafactor(parameters, settings)) {
      parameters.initialise(1);
      for (int t = 1; t <= 3; t++) {
        for (int i = 0; i < specs.size(); i++) {
          Tensor gradient = parameters.gradient(specs.get(i).name());
          int scale = 1 + 50 * (first + i); // of very different sizes
          put(
              gradient,
              Doubles.normal(10L * t + first + i, 6, 9)
                  .mul(Doubles.tensor(new double[] {scale}, 1)));
        }
        adafactor.step(t, 0.01);
      }
      return specs.stream()
          .map(spec -> Doubles.of(parameters.value(spec.name())))
          .toArray(double[][]::new);
    }
  }

  private static void put(Tensor into, Tensor values) {
    try (NoGradGuard guard = new NoGradGuard()) {
      into.copy_(values);
    }
  }

  private static ParameterSpec spec(String name, long... shape) {
    return new ParameterSpec(name, shape, Initialiser.normal(1), name);
  }
}
