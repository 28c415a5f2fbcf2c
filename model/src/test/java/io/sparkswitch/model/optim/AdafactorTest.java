package io.sparkswitch.model.optim;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.model.checkpoint.SafeTensorsReader;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.ParameterSpec.Initialiser;
import io.sparkswitch.model.tensor.Parameters;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdafactorTest {
  private static final List<ParameterSpec> GOLDEN =
      List.of(spec("mat", 6, 10), spec("vec", 7), spec("tiny", 5, 4), spec("zero", 3));

  private PointerScope scope;

  @BeforeEach
  void open() {
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @ParameterizedTest
  @CsvSource({"adafactor_lr1e-3, false", "adafactor_lr1e-3_scaled, true"})
  void tenStepsEqualTheReference(String name, boolean scaled) throws Exception {
    String file = getClass().getResource("/golden/" + name + ".safetensors").toString();
    AdafactorSettings settings = new AdafactorSettings(0, 1, 0.8, 1e-30, 1e-3, scaled);
    try (SafeTensorsReader golden = new SafeTensorsReader(new Path(file), new Configuration());
        Parameters parameters = new Parameters(GOLDEN, ScalarType.Double);
        Adafactor adafactor = new Adafactor(parameters, settings)) {
      for (ParameterSpec spec : GOLDEN) {
        put(parameters.value(spec.name()), golden.read("param0." + spec.name()));
      }
      for (int t = 1; t <= 10; t++) {
        for (ParameterSpec spec : GOLDEN) {
          Tensor gradients = golden.read("grads." + spec.name());
          put(parameters.gradient(spec.name()), gradients.select(0, t - 1));
        }
        adafactor.step(t, 1e-3);
        for (ParameterSpec spec : GOLDEN) {
          double[] expected = Doubles.of(golden.read("params." + spec.name()).select(0, t - 1));
          double[] actual = Doubles.of(parameters.value(spec.name()));
          assertThat(Doubles.distance(actual, expected) / Doubles.largest(expected))
              .as("%s after step %d", spec.name(), t)
              .isLessThan(1e-6);
        }
      }
    }
  }

  @Test
  void eachExpertsUpdateIsThatOfTheExpertAlone() {
    List<ParameterSpec> experts = List.of(spec("e0", 6, 9), spec("e1", 6, 9), spec("e2", 6, 9));
    AdafactorSettings settings = new AdafactorSettings(2, 1, 0.8, 1e-30, 1e-3, true);
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
    AdafactorSettings settings = new AdafactorSettings(5, 1, 0.8, 1e-30, 1e-3, true);
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
