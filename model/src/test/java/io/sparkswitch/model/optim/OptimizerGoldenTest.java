package io.sparkswitch.model.optim;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkswitch.model.checkpoint.SafeTensorsReader;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.ParameterSpec.Initialiser;
import io.sparkswitch.model.tensor.Parameters;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every step of every {@code adafactor_*} and {@code adamw*} file of a folder against the reference
 * that wrote them, in float32. The folder is {@code -Dgolden.dir}, else the tests' own.
 */
class OptimizerGoldenTest {
  private static final String PARAMETER = "param0.";
  private static final String STATE = "state.";

  /** A few float32 roundings, of a tensor's largest entry. */
  private static final double TOLERANCE = 1e-6;

  static Stream<Path> files() throws IOException, URISyntaxException {
    try (Stream<Path> files = Files.list(folder())) {
      return files
          .filter(file -> file.getFileName().toString().matches("ada(factor_|mw).*\\.safetensors"))
          .sorted()
          .toList()
          .stream();
    }
  }

  private static Path folder() throws URISyntaxException {
    String given = System.getProperty("golden.dir");
    return given != null
        ? Path.of(given)
        : Path.of(OptimizerGoldenTest.class.getResource("/golden").toURI());
  }

  @ParameterizedTest
  @MethodSource("files")
  void inFloat64EveryStepEqualsTheReference(Path file) throws Exception {
    compare(file, ScalarType.Double);
  }

  @ParameterizedTest
  @MethodSource("files")
  void inFloat32EveryStepEqualsTheReference(Path file) throws Exception {
    compare(file, ScalarType.Float);
  }

  private static void compare(Path file, ScalarType dtype) throws Exception {
    JsonNode entry = entry(file);
    GoldenOptimizer golden = GoldenOptimizer.of(entry);
    try (PointerScope scope = new PointerScope();
        SafeTensorsReader data =
            new SafeTensorsReader(
                new org.apache.hadoop.fs.Path(file.toUri()), new Configuration());
        Parameters parameters = new Parameters(specs(data), dtype);
        Optimizer optimizer = golden.optimizer().apply(parameters)) {
      assertThat(parameters.specs()).isNotEmpty();
      int steps = entry.required("steps").asInt();
      assertThat(steps).isPositive();
      for (ParameterSpec spec : parameters.specs()) {
        put(parameters.value(spec.name()), data.read(PARAMETER + spec.name()));
      }
      for (int t = 1; t <= steps; t++) {
        double rate = golden.schedule().rate(t);
        for (ParameterSpec spec : parameters.specs()) {
          put(parameters.gradient(spec.name()), data.read("grads." + spec.name()).select(0, t - 1));
          compareRate(data, optimizer, spec.name(), t, rate);
        }
        optimizer.step(t, rate);
        for (ParameterSpec spec : parameters.specs()) {
          Tensor expected = data.read("params." + spec.name()).select(0, t - 1);
          assertClose(parameters.value(spec.name()), expected, spec.name() + " of step " + t);
        }
      }
      compareState(data, golden, optimizer);
    }
  }

  private static JsonNode entry(Path file) throws IOException {
    JsonNode all = new ObjectMapper().readTree(file.resolveSibling("optim.json").toFile());
    for (JsonNode entry : all) {
      if (entry.required("file").asText().equals(file.getFileName().toString())) {
        return entry;
      }
    }
    throw new IllegalArgumentException("optim.json says nothing of " + file);
  }

  private static List<ParameterSpec> specs(SafeTensorsReader data) throws IOException {
    List<ParameterSpec> specs = new ArrayList<>();
    for (String name : data.names()) {
      if (name.startsWith(PARAMETER)) {
        String own = name.substring(PARAMETER.length());
        long[] shape = data.read(name).sizes().vec().get();
        specs.add(new ParameterSpec(own, shape, Initialiser.ones(), own));
      }
    }
    return specs;
  }

  /** Adafactor's rate with the parameter's scale, before the step. */
  private static void compareRate(
      SafeTensorsReader data, Optimizer optimizer, String name, int t, double rate)
      throws IOException {
    if (optimizer instanceof Adafactor adafactor) {
      double expected = Doubles.of(data.read("lr." + name))[t - 1];
      double scaled = rate * adafactor.scale(name);
      assertThat(Math.abs(scaled - expected) / expected)
          .as("rate of %s in step %d", name, t)
          .isLessThan(TOLERANCE);
    }
  }

  private static void compareState(
      SafeTensorsReader data, GoldenOptimizer golden, Optimizer optimizer) throws IOException {
    int compared = 0;
    for (String name : data.names()) {
      if (name.startsWith(STATE)) {
        String[] parts = name.substring(STATE.length()).split("\\.", 2);
        String ours = golden.stateNames().get(parts[0]) + "." + parts[1];
        assertThat(optimizer.state()).containsKey(ours);
        assertClose(optimizer.state().get(ours), data.read(name), ours);
        compared++;
      }
    }
    if (optimizer instanceof Adafactor) {
      assertThat(compared).as("tensors of state").isEqualTo(optimizer.state().size());
    }
  }

  private static void assertClose(Tensor actual, Tensor expected, String what) {
    double[] values = Doubles.of(expected);
    assertThat(values).as(what).isNotEmpty();
    assertThat(Doubles.distance(Doubles.of(actual), values))
        .as(what)
        .isLessThanOrEqualTo(TOLERANCE * Doubles.largest(values));
  }

  private static void put(Tensor into, Tensor values) {
    try (NoGradGuard guard = new NoGradGuard()) {
      into.copy_(values);
    }
  }
}
