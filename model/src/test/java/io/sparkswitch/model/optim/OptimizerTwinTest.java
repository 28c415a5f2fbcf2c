package io.sparkswitch.model.optim;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.ParameterSpec.Initialiser;
import io.sparkswitch.model.tensor.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The optimizers against plain Java, every parameter by itself. */
class OptimizerTwinTest {
  private static final int STEPS = 4;
  private static final double RATE = 0.02;

  @Property(tries = 60)
  void adafactorOfAnyShapesAndSettingsIsThatOfTheTwin(
      @ForAll @IntRange(min = 1, max = 9) int out,
      @ForAll @IntRange(min = 1, max = 9) int in,
      @ForAll @IntRange(max = 6) int factoredFrom,
      @ForAll boolean scaled,
      @ForAll boolean first,
      @ForAll boolean decay) {
    AdafactorSettings settings =
        new AdafactorSettings(
            new AdafactorSettings.Statistics(factoredFrom, 0.8, 1e-30),
            0.9,
            scaled ? OptionalDouble.of(1e-3) : OptionalDouble.empty(),
            first ? 0.9 : 0,
            decay ? 0.1 : 0);
    compareAdafactor(
        settings,
        List.of(
            spec("experts.expert_0", out, in),
            spec("experts.expert_1", out, in),
            spec("norm", in),
            spec("other", in, out)),
        1e-11);
  }

  /** More rows than a block, with and without a rest; rows longer than a block. */
  @ParameterizedTest
  @CsvSource({"512, 512", "300, 1000", "2, 140000", "140000, 2", "1, 300000"})
  void matricesOfManyBlocksAreTreatedAsOne(int out, int in) {
    List<ParameterSpec> specs = List.of(spec("large", out, in));
    compareAdafactor(settingsFactoredFrom(1), specs, 1e-9);
    compareAdafactor(settingsFactoredFrom(1_000_000), specs, 1e-9);
  }

  @ParameterizedTest
  @CsvSource({"0.9, 0.999, 0.01", "0, 0.9, 0", "0.5, 0, 0.1"})
  void adamWIsThatOfTheTwin(double beta1, double beta2, double decay) {
    AdamWSettings settings = new AdamWSettings(beta1, beta2, 1e-8, decay);
    List<ParameterSpec> specs = List.of(spec("matrix", 5, 7), spec("large", 150_000));
    try (PointerScope scope = new PointerScope();
        Parameters parameters = new Parameters(specs, ScalarType.Double);
        AdamW adamW = new AdamW(parameters, settings)) {
      parameters.initialise(1);
      double[] value = Doubles.of(parameters.values());
      double[] m = new double[value.length];
      double[] v = new double[value.length];
      for (int t = 1; t <= STEPS; t++) {
        double[] gradient = Doubles.draws(t, value.length);
        put(parameters.gradients(), Doubles.tensor(gradient, value.length));
        adamW.step(t, RATE);
        for (int i = 0; i < value.length; i++) {
          m[i] = beta1 * m[i] + (1 - beta1) * gradient[i];
          v[i] = beta2 * v[i] + (1 - beta2) * gradient[i] * gradient[i];
          double unbiasedM = m[i] / (1 - Math.pow(beta1, t));
          double unbiasedV = v[i] / (1 - Math.pow(beta2, t));
          value[i] -= RATE * decay * value[i];
          value[i] -= RATE * unbiasedM / (Math.sqrt(unbiasedV) + 1e-8);
        }
        assertThat(Doubles.distance(Doubles.of(parameters.values()), value)).isLessThan(1e-12);
      }
    }
  }

  private static void compareAdafactor(
      AdafactorSettings settings, List<ParameterSpec> specs, double tolerance) {
    try (PointerScope scope = new PointerScope();
        Parameters parameters = new Parameters(specs, ScalarType.Double);
        Adafactor adafactor = new Adafactor(parameters, settings)) {
      parameters.initialise(1);
      List<double[][]> values = new ArrayList<>();
      List<NaiveAdafactor> twins = new ArrayList<>();
      for (ParameterSpec spec : specs) {
        values.add(matrix(parameters.value(spec.name()), spec));
        twins.add(twin(settings, spec));
      }
      for (int t = 1; t <= STEPS; t++) {
        for (int p = 0; p < specs.size(); p++) {
          Tensor gradient = parameters.gradient(specs.get(p).name());
          put(gradient, Doubles.normal(10L * t + p, specs.get(p).shape()).mul(scale(t, p)));
          twins.get(p).step(values.get(p), matrix(gradient, specs.get(p)), t, RATE);
        }
        adafactor.step(t, RATE);
        for (int p = 0; p < specs.size(); p++) {
          double[][] actual = matrix(parameters.value(specs.get(p).name()), specs.get(p));
          for (int i = 0; i < actual.length; i++) {
            assertThat(Doubles.distance(actual[i], values.get(p)[i]))
                .as("row %d of %s after step %d", i, specs.get(p).name(), t)
                .isLessThan(tolerance);
          }
        }
      }
    }
  }

  private static NaiveAdafactor twin(AdafactorSettings settings, ParameterSpec spec) {
    long[] shape = spec.shape();
    int from = settings.statistics().factoredFrom();
    boolean factored = shape.length == 2 && shape[0] >= from && shape[1] >= from;
    int out = shape.length == 2 ? Math.toIntExact(shape[0]) : 1;
    return new NaiveAdafactor(settings, out, Math.toIntExact(shape[shape.length - 1]), factored);
  }

  private static AdafactorSettings settingsFactoredFrom(int side) {
    return new AdafactorSettings(
        new AdafactorSettings.Statistics(side, 0.8, 1e-30), 1, OptionalDouble.of(1e-3), 0, 0);
  }

  /** Gradients of very different sizes, so that updates are clipped and not. */
  private static Tensor scale(int t, int p) {
    return Doubles.tensor(new double[] {Math.pow(10, (t * 7 + p * 3) % 5 - 2)}, 1);
  }

  /** A vector is one row. */
  private static double[][] matrix(Tensor tensor, ParameterSpec spec) {
    double[] flat = Doubles.of(tensor);
    long[] shape = spec.shape();
    int in = Math.toIntExact(shape[shape.length - 1]);
    double[][] rows = new double[flat.length / in][in];
    for (int i = 0; i < flat.length; i++) {
      rows[i / in][i % in] = flat[i];
    }
    return rows;
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
