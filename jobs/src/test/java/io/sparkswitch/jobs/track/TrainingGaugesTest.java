package io.sparkswitch.jobs.track;

import static io.sparkswitch.jobs.track.StepMetricsTest.metrics;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class TrainingGaugesTest {
  private static final Instant NOW = Instant.ofEpochSecond(1000);

  private final TrainingGauges gauges = new TrainingGauges(Clock.fixed(NOW, ZoneOffset.UTC));

  @Test
  void beforeTheFirstIntervalNothingIsKnown() {
    assertThat(TrainingGauges.NAMES).isNotEmpty();
    assertThat(TrainingGauges.NAMES).allSatisfy(name -> assertThat(gauges.value(name)).isNaN());
  }

  @Test
  void theLastIntervalCountsAndTheLastEvaluation() {
    StepMetrics first = metrics(10, 5);
    gauges.interval(
        new StepMetrics(10, 5, 0.01, 0.04, first.throughput(), OptionalDouble.of(5.5), Map.of()));
    gauges.interval(metrics(20, 4));

    assertThat(gauges.value("step")).isEqualTo(20);
    assertThat(gauges.value("loss")).isEqualTo(4);
    assertThat(gauges.value("validationLoss")).isEqualTo(5.5);
    assertThat(gauges.value("tokensPerSecond")).isEqualTo(12_345);
  }

  @Test
  void aCheckpointGetsOlder() {
    gauges.checkpoint(NOW.minusSeconds(90));

    assertThat(gauges.value(TrainingGauges.CHECKPOINT_AGE)).isEqualTo(90);
  }
}
