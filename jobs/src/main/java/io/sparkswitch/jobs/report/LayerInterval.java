package io.sparkswitch.jobs.report;

import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/**
 * What one sparse layer reported over one interval.
 *
 * @param fractionTokensLeftBehind share of tokens no expert had room for, in [0, 1]
 * @param routerConfidence mean probability of the chosen expert
 * @param expertUsage share of tokens per expert, {@code [experts]}; empty when not recorded
 */
record LayerInterval(
    OptionalDouble fractionTokensLeftBehind,
    OptionalDouble routerConfidence,
    double[] expertUsage) {

  LayerInterval {
    expertUsage = expertUsage.clone();
  }

  @Override
  public double[] expertUsage() {
    return expertUsage.clone();
  }

  /** Usage of the busiest expert over the mean usage: 1 is perfect balance. */
  OptionalDouble imbalance() {
    double sum = DoubleStream.of(expertUsage).sum();
    OptionalDouble busiest = DoubleStream.of(expertUsage).max();
    return sum > 0
        ? OptionalDouble.of(busiest.orElse(0) * expertUsage.length / sum)
        : OptionalDouble.empty();
  }

  long unusedExperts() {
    return DoubleStream.of(expertUsage).filter(share -> share <= 0).count();
  }
}
