package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.jobs.track.LayerSummary;
import io.sparkswitch.jobs.track.StepMetrics;
import io.sparkswitch.model.moe.LayerMetrics;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IntervalTest {
  private final Interval interval = new Interval(0.01, 0.001, 1e6);

  @Test
  void lossIsTheMeanOfTheStepsWhateverTheirTokens() {
    interval.add(report(40, 10, 0, 1.0));
    interval.add(report(60, 30, 20, 3.0));

    StepMetrics metrics = interval.finish(2, 0.5, OptionalDouble.of(2.5));

    assertThat(metrics.step()).isEqualTo(2);
    assertThat(metrics.loss()).isCloseTo((4.0 + 2.0) / 2, within(1e-12));
    assertThat(metrics.learningRate()).isEqualTo(0.5);
    assertThat(metrics.validationLoss()).hasValue(2.5);
    LayerSummary layer = metrics.layers().get("encoder.1");
    assertThat(layer.auxiliaryLoss()).isCloseTo(2.0, within(1e-12));
    assertThat(metrics.auxiliaryLoss()).isCloseTo(0.01 * 2.0 + 0.001 * 2.0, within(1e-12));
    assertThat(layer.fractionTokensLeftBehind()).isCloseTo(20.0 / 200, within(1e-12));
    assertThat(layer.expertUsage()).containsExactly(0.75, 0.25);
  }

  @Test
  void theNextIntervalStartsFromNothing() {
    interval.add(report(40, 10, 0, 1.0));
    interval.finish(1, 0.5, OptionalDouble.empty());

    assertThat(interval.isEmpty()).isTrue();
    interval.add(report(20, 10, 0, 1.0));
    assertThat(interval.isEmpty()).isFalse();
    assertThat(interval.finish(2, 0.5, OptionalDouble.empty()).loss()).isEqualTo(2.0);
  }

  @Test
  void speedIsToldPerStepAndAsAShareOfThePeak() {
    interval.add(report(40, 10, 0, 1.0));
    interval.add(report(40, 10, 0, 1.0));

    StepMetrics.Throughput speed = interval.finish(2, 0.5, OptionalDouble.empty()).throughput();

    assertThat(speed.exchangeSecondsPerStep()).isEqualTo(0.25);
    assertThat(speed.shareOfGemmPeak()).isEqualTo(speed.tokensPerSecond() / 1e6).isPositive();
  }

  @Test
  void timeThatIsExcludedDoesNotCount() throws InterruptedException {
    interval.add(report(40, 10, 0, 1.0));
    long startedAt = System.nanoTime();
    TimeUnit.MILLISECONDS.sleep(300);
    interval.exclude(System.nanoTime() - startedAt);

    assertThat(interval.finish(1, 0.5, OptionalDouble.empty()).throughput().secondsPerStep())
        .isLessThan(0.2);
  }

  private static RankReport report(
      double crossEntropy, long targetTokens, long dropped, double auxiliaryLoss) {
    LayerMetrics layer =
        new LayerMetrics("encoder.1", 100, dropped, 50, auxiliaryLoss, 2, new long[] {75, 25});
    return new RankReport(crossEntropy, targetTokens, 100, true, 0, 0.25, List.of(layer));
  }
}
