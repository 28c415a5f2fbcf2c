package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.track.LayerSummary;
import io.sparkswitch.jobs.track.StepMetrics;
import io.sparkswitch.model.moe.LayerMetrics;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** Sums the steps between two lines of the log. */
final class Interval {
  private final double auxiliaryLossFactor;
  private final double routerZLossFactor;
  private final double tokensPerSecondAtPeak;
  private RankReport sum = RankReport.none();
  private double lossSum;
  private long steps;
  private long startedAt = System.nanoTime();

  /**
   * @param tokensPerSecondAtPeak real tokens a second of a training that does nothing but plain
   *     matrix products
   */
  Interval(double auxiliaryLossFactor, double routerZLossFactor, double tokensPerSecondAtPeak) {
    this.auxiliaryLossFactor = auxiliaryLossFactor;
    this.routerZLossFactor = routerZLossFactor;
    this.tokensPerSecondAtPeak = tokensPerSecondAtPeak;
  }

  void add(RankReport report) {
    sum = sum.plus(report);
    lossSum += report.loss();
    steps++;
  }

  boolean isEmpty() {
    return steps == 0;
  }

  /** The means so far; starts the next interval. */
  StepMetrics finish(long step, double learningRate, OptionalDouble validationLoss) {
    Map<String, LayerSummary> layers = new LinkedHashMap<>();
    double auxiliary = 0;
    for (LayerMetrics layer : sum.layers()) {
      LayerSummary summary = LayerSummary.of(layer, steps);
      layers.put(layer.layer(), summary);
      auxiliary += auxiliaryLossFactor * summary.auxiliaryLoss();
      auxiliary += routerZLossFactor * summary.routerZLoss();
    }
    StepMetrics metrics =
        new StepMetrics(
            step,
            lossSum / steps,
            auxiliary,
            learningRate,
            throughput((System.nanoTime() - startedAt) / 1e9),
            validationLoss,
            layers);
    sum = RankReport.none();
    lossSum = 0;
    steps = 0;
    startedAt = System.nanoTime();
    return metrics;
  }

  private StepMetrics.Throughput throughput(double seconds) {
    double tokensPerSecond = sum.tokens() / seconds;
    return new StepMetrics.Throughput(
        tokensPerSecond,
        seconds / steps,
        sum.exchangeSeconds() / steps,
        tokensPerSecond / tokensPerSecondAtPeak);
  }

  /** Time that is not training, such as an evaluation, does not count. */
  void exclude(long nanos) {
    startedAt += nanos;
  }
}
