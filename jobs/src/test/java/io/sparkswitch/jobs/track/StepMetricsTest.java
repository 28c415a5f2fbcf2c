package io.sparkswitch.jobs.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.model.moe.LayerMetrics;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class StepMetricsTest {
  private static final LayerSummary LAYER =
      new LayerSummary(0.25, 0.5, 1.01, 1.5, List.of(0.75, 0.25));

  static StepMetrics metrics(long step, double loss) {
    return new StepMetrics(
        step,
        loss,
        0.01,
        0.04,
        new StepMetrics.Throughput(12_345, 0.11, 0.02, 0.4),
        OptionalDouble.empty(),
        Map.of());
  }

  @Test
  void everythingSurvivesTheWayThroughJson() {
    StepMetrics sparse =
        new StepMetrics(
            100,
            4.56,
            0.01,
            0.02,
            new StepMetrics.Throughput(12_345, 0.11, 0.02, 0.4),
            OptionalDouble.of(4.6),
            Map.of("encoder.1", LAYER));

    assertThat(StepMetrics.fromJson(sparse.toJson())).isEqualTo(sparse);
    assertThat(StepMetrics.fromJson(metrics(1, 2).toJson())).isEqualTo(metrics(1, 2));
    assertThat(sparse.toJson())
        .startsWith("{\"step\":100,\"loss\":4.56,\"auxiliaryLoss\":0.01,\"learningRate\":0.02,")
        .contains("\"validationLoss\":4.6")
        .contains("\"layers\":{\"encoder.1\":{\"fractionTokensLeftBehind\":0.25")
        .doesNotContain("\n");
  }

  @Test
  void scalarsAreTheNumbersOfTheLineUnderItsNames() {
    StepMetrics sparse =
        new StepMetrics(
            7,
            4.5,
            Double.NaN,
            0.02,
            new StepMetrics.Throughput(12_345, 0.11, 0.02, 0.4),
            OptionalDouble.empty(),
            Map.of(
                "encoder.1", LAYER, "decoder.1", new LayerSummary(0.75, 0.5, 1, 1, List.of(1.0))));

    Map<String, Double> scalars = sparse.scalars();

    assertThat(scalars)
        .containsEntry("loss", 4.5)
        .containsEntry("exchangeSecondsPerStep", 0.02)
        .containsEntry("fractionTokensLeftBehind", 0.5)
        .containsEntry("fractionTokensLeftBehind/encoder.1", 0.25)
        .containsEntry("fractionTokensLeftBehind/decoder.1", 0.75)
        .containsEntry("loadImbalance", 1.5)
        .containsEntry("loadImbalance/decoder.1", 1.0)
        .doesNotContainKeys("step", "auxiliaryLoss", "validationLoss", "expertUsage/encoder.1");
  }

  @Test
  void linesOfOlderLogsDoNotTellOfTheExchange() {
    StepMetrics old = StepMetrics.fromJson("{\"step\":3,\"loss\":2,\"tokensPerSecond\":5}");

    assertThat(old.throughput().tokensPerSecond()).isEqualTo(5);
    assertThat(old.throughput().exchangeSecondsPerStep()).isNaN();
    assertThat(old.throughput().shareOfGemmPeak()).isNaN();
    assertThat(old.scalars()).doesNotContainKeys("exchangeSecondsPerStep", "shareOfGemmPeak");
  }

  @Test
  void denseModelsHaveNoLayersAndUnevaluatedStepsNoValidationLoss() {
    assertThat(metrics(1, 2).toJson()).doesNotContain("layers").doesNotContain("validationLoss");
  }

  @Test
  void lossThatIsNotFiniteIsNullInJson() {
    String json = metrics(1, Double.NaN).toJson();

    assertThat(json).contains("\"loss\":null");
    assertThat(StepMetrics.fromJson(json).loss()).isNaN();
  }

  @Test
  void otherTextIsRefused() {
    assertThatThrownBy(() -> StepMetrics.fromJson("{\"loss\":1}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no step");
    assertThatThrownBy(() -> StepMetrics.fromJson("{"))
        .hasMessageContaining("not a line of metrics");
  }

  @Test
  void layerSummaryIsTheMeanOfSums() {
    LayerMetrics sums =
        new LayerMetrics("encoder.1", 200, 50, 100.0, 2.2, 3.0, new long[] {150, 50});

    LayerSummary summary = LayerSummary.of(sums, 2);

    assertThat(summary.fractionTokensLeftBehind()).isEqualTo(0.25);
    assertThat(summary.routerConfidence()).isEqualTo(0.5);
    assertThat(summary.auxiliaryLoss()).isEqualTo(1.1, within(1e-12));
    assertThat(summary.expertUsage()).containsExactly(0.75, 0.25);
  }
}
