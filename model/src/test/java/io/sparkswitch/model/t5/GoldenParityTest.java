package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.generation.AllowedTokens;
import io.sparkswitch.model.generation.DecodingMethod.Greedy;
import io.sparkswitch.model.generation.GenerationSettings;
import io.sparkswitch.model.generation.Generator;
import io.sparkswitch.model.generation.Generator.EncoderRouting;
import io.sparkswitch.model.generation.Prompts;
import io.sparkswitch.model.moe.Routing;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Logits, hidden states, losses, routing, greedy output and every gradient against independent
 * implementations: every {@code <case>.config.json} of {@link GoldenFolder}.
 */
class GoldenParityTest {
  private static final double EXACT = 1e-9;

  static List<Path> cases() {
    return GoldenFolder.files(".config.json");
  }

  @Test
  void thereAreCases() {
    assertThat(cases()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void float64EqualsTheDoublePrecisionReference(Path file) throws IOException {
    try (PointerScope scope = new PointerScope();
        GoldenCase golden = open(file);
        GoldenRun run = GoldenRun.of(golden, Precision.FLOAT64)) {
      double logits =
          largest(atTargets(golden, run.logits()), atTargets(golden, read(golden, "out64.logits")));
      double loss = Math.abs(run.loss() - item(golden, "out64.loss"));
      System.out.printf("%s in float64: logits %.1e, loss %.1e%n", golden.name, logits, loss);
      assertThat(logits).isLessThan(EXACT);
      assertThat(loss).isLessThan(EXACT);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void float32EqualsTheReference(Path file) throws IOException {
    try (PointerScope scope = new PointerScope();
        GoldenCase golden = open(file);
        GoldenRun run = GoldenRun.of(golden, Precision.FLOAT32)) {
      double tolerance = tolerance(golden, "logits_max_abs_err");
      double logits =
          largest(atTargets(golden, run.logits()), atTargets(golden, read(golden, "out.logits")));
      double hidden = hidden(golden, run, tolerance);
      double loss = losses(golden, run);
      double gradient = gradients(golden, run);
      System.out.printf(
          "%s in float32: logits %.1e, hidden %.1e, loss %.1e, gradients %.1e, router %.1e%n",
          golden.name, logits, hidden, loss, gradient, routing(golden, run));
      assertThat(logits).isLessThan(tolerance);
      greedy(golden, run);
    }
  }

  private static GoldenCase open(Path file) throws IOException {
    GoldenCase golden = new GoldenCase(file);
    Assumptions.assumeFalse(
        golden.name.endsWith("hf437"),
        "dropped tokens return gate × normed input there, a defect that its authors fixed in 2025");
    return golden;
  }

  private static double tolerance(GoldenCase golden, String figure) {
    return Math.min(1e-4, 10 * golden.figure(figure));
  }

  private static double hidden(GoldenCase golden, GoldenRun run, double tolerance)
      throws IOException {
    double worst = 0;
    assertThat(run.hidden()).isNotEmpty();
    for (Map.Entry<String, Tensor> entry : run.hidden().entrySet()) {
      Tensor expected = read(golden, entry.getKey());
      boolean encoder = entry.getKey().startsWith("out.encoder");
      double error =
          encoder
              ? largest(atSources(golden, entry.getValue()), atSources(golden, expected))
              : largest(atTargets(golden, entry.getValue()), atTargets(golden, expected));
      assertThat(error).as(entry.getKey()).isLessThan(tolerance);
      worst = Math.max(worst, error);
    }
    return worst;
  }

  private static double losses(GoldenCase golden, GoldenRun run) throws IOException {
    double tolerance = tolerance(golden, "logits_max_abs_err");
    double error = Math.abs(run.loss() - item(golden, "out.loss"));
    assertThat(error).as("loss").isLessThan(tolerance);
    assertThat(run.crossEntropy()).isCloseTo(item(golden, "out.ce_loss"), within(tolerance));
    if (golden.isPaper()) {
      double sum = run.auxiliary().values().stream().mapToDouble(a -> a).sum();
      assertThat(sum).isCloseTo(item(golden, "out.aux_loss"), within(tolerance));
      for (Map.Entry<String, Double> layer : run.auxiliary().entrySet()) {
        assertThat(layer.getValue())
            .as(layer.getKey())
            .isCloseTo(item(golden, "extra.aux." + layer.getKey()), within(tolerance));
      }
    }
    return error;
  }

  private static double gradients(GoldenCase golden, GoldenRun run) throws IOException {
    double tolerance = tolerance(golden, "grad_max_abs_err");
    double worst = 0;
    long compared = 0;
    for (Parameters parameters : List.of(run.model().dense(), run.model().experts())) {
      for (ParameterSpec spec : parameters.specs()) {
        double error =
            largest(parameters.gradient(spec.name()), read(golden, "grad." + spec.name()));
        assertThat(error).as(spec.name()).isLessThan(tolerance);
        worst = Math.max(worst, error);
        compared++;
      }
    }
    assertThat(compared)
        .isEqualTo(golden.data.names().stream().filter(n -> n.startsWith("grad.")).count());
    return worst;
  }

  private static double routing(GoldenCase golden, GoldenRun run) throws IOException {
    double tolerance = tolerance(golden, "logits_max_abs_err");
    double worst = 0;
    assertThat(run.routing().keySet())
        .isEqualTo(
            golden.data.names().stream()
                .filter(n -> n.startsWith("out.router.") && n.endsWith(".logits"))
                .map(n -> n.replaceAll("^out\\.router\\.|\\.logits$", ""))
                .collect(java.util.stream.Collectors.toSet()));
    for (Map.Entry<String, Routing> entry : run.routing().entrySet()) {
      String prefix = "out.router." + entry.getKey() + ".";
      Routing routing = entry.getValue();
      boolean encoder = entry.getKey().startsWith("encoder");
      int[] real = real(golden, encoder);
      Tensor at = Tensors.indices(real, real.length);
      Tensor logits = routing.logits().detach().index_select(0, at);
      Tensor expected = flat(read(golden, prefix + "logits")).index_select(0, at);
      double error = largest(logits, expected);
      Tensor probabilities = flat(read(golden, prefix + "probs")).index_select(0, at);
      error = Math.max(error, largest(torch.softmax(logits, -1), probabilities));
      assertThat(error).as(prefix).isLessThan(tolerance);
      worst = Math.max(worst, error);
      String choice = golden.isPaper() ? "expert_index" : "argmax";
      int[] experts = Tensors.toInts(read(golden, prefix + choice).reshape(-1));
      int[] kept = Tensors.toInts(read(golden, prefix + "kept").reshape(-1));
      for (int t : real) {
        for (int c = 0; c < routing.choices(); c++) {
          int request = t * routing.choices() + c;
          assertThat(routing.expertIndex()[request]).isEqualTo(experts[request]);
          assertThat(routing.kept()[request]).isEqualTo(kept[request] == 1);
        }
      }
      if (golden.isPaper()) {
        worst = Math.max(worst, gates(golden, prefix, routing, tolerance));
      }
    }
    return worst;
  }

  private static double gates(GoldenCase golden, String prefix, Routing routing, double tolerance)
      throws IOException {
    double[] expected = Doubles.of(read(golden, prefix + "gate").reshape(-1));
    double[] sum = new double[routing.kept().length / routing.choices()];
    double[] expectedSum = new double[sum.length];
    double[] gates = Doubles.of(routing.combineWeights());
    for (int i = 0; i < gates.length; i++) {
      sum[routing.tokens()[i]] += gates[i];
    }
    for (int i = 0; i < expected.length; i++) {
      expectedSum[i / routing.choices()] += expected[i];
    }
    double error = Doubles.distance(sum, expectedSum);
    assertThat(error).as(prefix + "gate").isLessThan(tolerance);
    return error;
  }

  /** Hugging Face's cases have it; it routes one token at a time, so nothing overflows there. */
  private static void greedy(GoldenCase golden, GoldenRun run) throws IOException {
    if (!golden.data.names().contains("out.greedy")) {
      return;
    }
    Tensor expected = read(golden, "out.greedy"); // [batch, generated + 1]
    Tensor sources = read(golden, "in.input_ids");
    List<int[]> prompts = new ArrayList<>();
    for (long row = 0; row < expected.size(0); row++) {
      prompts.add(
          Arrays.stream(Tensors.toInts(sources.select(0, row))).filter(id -> id != 0).toArray());
    }
    RoutingRule training = golden.config.training();
    EncoderRouting encoder =
        new EncoderRouting(training.inference(training.capacity()), golden.config.grouping());
    GenerationSettings settings =
        new GenerationSettings(
            new Greedy(),
            Math.toIntExact(expected.size(1) - 1),
            AllowedTokens.all(golden.config.vocab()));
    try (Exchange exchange = LocalExchange.group(1).get(0)) {
      List<int[]> generated =
          new Generator(run.model(), exchange, encoder).generate(Prompts.of(prompts), settings);
      for (int row = 0; row < generated.size(); row++) {
        int[] reference = Tensors.toInts(expected.select(0, row));
        int end = 1;
        while (end < reference.length && reference[end] != 1) {
          end++;
        }
        assertThat(generated.get(row))
            .as("%s, row %d", golden.name, row)
            .isEqualTo(Arrays.copyOfRange(reference, 1, end));
      }
    }
  }

  private static Tensor read(GoldenCase golden, String name) throws IOException {
    return golden.data.read(name);
  }

  private static double item(GoldenCase golden, String name) throws IOException {
    return read(golden, name).item_double();
  }

  private static Tensor atTargets(GoldenCase golden, Tensor x) throws IOException {
    int[] real = real(golden, false);
    return flat(x).index_select(0, Tensors.indices(real, real.length));
  }

  private static Tensor atSources(GoldenCase golden, Tensor x) throws IOException {
    int[] real = real(golden, true);
    return flat(x).index_select(0, Tensors.indices(real, real.length));
  }

  private static int[] real(GoldenCase golden, boolean encoder) throws IOException {
    Tensor mask =
        encoder
            ? read(golden, "in.attention_mask").reshape(-1).gt(new Scalar(0))
            : read(golden, "in.labels").reshape(-1).ge(new Scalar(0));
    return Tensors.toInts(mask.nonzero().reshape(-1));
  }

  private static Tensor flat(Tensor x) {
    return x.reshape(-1, x.size(-1));
  }

  private static double largest(Tensor actual, Tensor expected) {
    assertThat(actual.sizes().vec().get()).isEqualTo(expected.sizes().vec().get());
    return actual
        .to(ScalarType.Double)
        .sub(expected.to(ScalarType.Double))
        .abs()
        .max()
        .item_double();
  }
}
