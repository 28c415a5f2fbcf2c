package io.sparkswitch.jobs.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ConsoleTest {
  private final StringWriter written = new StringWriter();
  private Instant now = Instant.EPOCH;

  private final Clock clock =
      new Clock() {
        @Override
        public Instant instant() {
          return now;
        }

        @Override
        public java.time.ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
          return this;
        }
      };

  private final Console console = new Console(new PrintWriter(written), 500, clock);

  @Test
  void oneLineAnInterval() {
    console.interval(
        new StepMetrics(
            100,
            4.56,
            0.01,
            0.02,
            new StepMetrics.Throughput(12_345, 0.11, 0.033, 0.414),
            OptionalDouble.of(4.6),
            Map.of(
                "encoder.1", new LayerSummary(0.01, 0.5, 1, 0, List.of(1.0)),
                "decoder.1", new LayerSummary(0.03, 0.5, 1, 0, List.of(1.0)))));

    assertThat(written.toString().lines())
        .containsExactly(
            "step 100/500  loss 4.5600  validation 4.6000  learning rate 0.0200"
                + "  12,345 tokens/s  GEMM peak 41 %  exchange 30 %  dropped 2.00 %"
                + "  imbalance 1.00");
  }

  @Test
  void denseModelsDropNothing() {
    console.interval(StepMetricsTest.metrics(10, 5));

    assertThat(written.toString()).startsWith("step  10/500  loss 5.0000").doesNotContain("drop");
  }

  @Test
  void timeLeftIgnoresTheFirstInterval() {
    now = now.plusSeconds(1000);
    console.interval(StepMetricsTest.metrics(100, 5));
    now = now.plusSeconds(10);
    console.interval(StepMetricsTest.metrics(200, 5));

    List<String> lines = written.toString().lines().toList();
    assertThat(lines.get(0)).doesNotContain("ETA");
    assertThat(lines.get(1)).endsWith("ETA 30 s");
  }

  @Test
  void lastStepHasNoTimeLeft() {
    console.interval(StepMetricsTest.metrics(400, 5));
    console.interval(StepMetricsTest.metrics(500, 5));

    assertThat(written.toString()).doesNotContain("ETA");
  }

  @Test
  void durationsReadWell() {
    assertThat(Console.duration(Duration.ofSeconds(45))).isEqualTo("45 s");
    assertThat(Console.duration(Duration.ofSeconds(185))).isEqualTo("3 min 05 s");
    assertThat(Console.duration(Duration.ofMinutes(127))).isEqualTo("2 h 07 min");
    assertThat(Console.duration(Duration.ofHours(76))).isEqualTo("3 d 04 h");
  }
}
