package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.loss.CrossEntropy;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Tape;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logits, losses, routing and every gradient against independent implementations. */
class GoldenParityTest {
  @ParameterizedTest
  @ValueSource(strings = {"a_t5_v10", "b_t5_v11", "f_switch_paper", "f_switch_paper_cf125"})
  void float64LogitsAndLossEqualTheDoublePrecisionReference(String name) throws Exception {
    try (PointerScope scope = new PointerScope();
        GoldenCase golden = new GoldenCase(folder(), name)) {
      Run run = run(golden, ScalarType.Double);
      assertThat(largest(run.realLogits, real(golden, golden.data.read("out64.logits"))))
          .isLessThan(1e-9);
      assertThat(run.loss).isCloseTo(item(golden, "out64.loss"), within(1e-9));
    }
  }

  @ParameterizedTest
  @CsvSource({"a_t5_v10", "b_t5_v11", "f_switch_paper", "f_switch_paper_cf125"})
  void float32LogitsAndEveryGradientEqualTheReference(String name) throws Exception {
    try (PointerScope scope = new PointerScope();
        GoldenCase golden = new GoldenCase(folder(), name)) {
      Run run = run(golden, ScalarType.Float);
      double logitTolerance = Math.min(1e-4, 10 * golden.figure("logits_max_abs_err"));
      assertThat(largest(run.realLogits, real(golden, golden.data.read("out.logits"))))
          .isLessThan(logitTolerance);
      double gradientTolerance = Math.min(1e-4, 10 * golden.figure("grad_max_abs_err"));
      int compared = 0;
      for (Parameters parameters : List.of(run.model.dense(), run.model.experts())) {
        for (ParameterSpec spec : parameters.specs()) {
          Tensor expected = golden.data.read("grad." + spec.name());
          assertThat(largest(parameters.gradient(spec.name()), expected))
              .as(spec.name())
              .isLessThan(gradientTolerance);
          compared++;
        }
      }
      long expected = golden.data.names().stream().filter(n -> n.startsWith("grad.")).count();
      assertThat((long) compared).isEqualTo(expected);
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double tolerance) {
    return org.assertj.core.data.Offset.offset(tolerance);
  }

  private record Run(T5Model model, Tensor realLogits, double loss) {}

  private static Run run(GoldenCase golden, ScalarType dtype) throws Exception {
    T5Model model = new T5Model(golden.config, dtype, 0, 1);
    golden.fill(model.dense());
    golden.fill(model.experts());
    Batch batch = golden.batch();
    Inputs inputs = Inputs.of(batch, 0, batch.sequences(), 0);
    double alpha = golden.config.sparse().map(SwitchConfig::auxiliaryLossFactor).orElse(0.0);
    double capacity = golden.config.sparse().map(SwitchConfig::capacityFactor).orElse(1.0);
    try (Exchange exchange = LocalExchange.group(1).get(0)) {
      Pass pass =
          new Pass(
              Tape.recording(),
              exchange,
              new Tag(0, 0, 0, 0, Direction.CONTROL),
              new RoutingRule(capacity, 0, alpha),
              new Noise(0, 0),
              0,
              new ArrayList<>());
      Tensor[] seen = new Tensor[1];
      GradientStep.Result result =
          GradientStep.train(
              model,
              inputs,
              pass,
              (logits, targets) -> {
                seen[0] = logits.detach();
                Tensor crossEntropy = CrossEntropy.sum(logits, targets);
                return new GradientStep.Loss(crossEntropy, crossEntropy);
              });
      double auxiliary = pass.metrics().stream().mapToDouble(m -> m.auxiliaryLoss()).sum();
      double loss = result.crossEntropy() / inputs.globalTargets() + alpha * auxiliary;
      Tensor all = seen[0].view(batch.sequences(), batch.decoderLength(), -1);
      return new Run(model, real(golden, all), loss);
    }
  }

  /** Rows at real target positions. */
  private static Tensor real(GoldenCase golden, Tensor logits) throws Exception {
    Tensor labels = golden.data.read("in.labels").reshape(-1);
    Tensor rows = labels.ge(new org.bytedeco.pytorch.Scalar(0)).nonzero().reshape(-1);
    return logits.reshape(-1, logits.size(-1)).index_select(0, rows);
  }

  private static double item(GoldenCase golden, String name) throws Exception {
    return golden.data.read(name).item_double();
  }

  private static double largest(Tensor actual, Tensor expected) {
    return actual
        .to(ScalarType.Double)
        .sub(expected.to(ScalarType.Double))
        .abs()
        .max()
        .item_double();
  }

  private static Path folder() throws URISyntaxException {
    return Path.of(GoldenParityTest.class.getResource("/golden").toURI());
  }
}
