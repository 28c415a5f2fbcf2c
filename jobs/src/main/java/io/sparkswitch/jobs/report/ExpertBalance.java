package io.sparkswitch.jobs.report;

import java.util.List;
import java.util.OptionalDouble;

/**
 * How evenly a layer's tokens spread over its experts.
 *
 * @param imbalance usage of the busiest expert over the mean usage, 1 when even; empty when no
 *     token was routed
 * @param unused experts that no token chose
 */
record ExpertBalance(OptionalDouble imbalance, long unused) {

  /**
   * @param usage share of tokens per expert, {@code [experts]}
   */
  static ExpertBalance of(List<Double> usage) {
    double sum = usage.stream().mapToDouble(Double::doubleValue).sum();
    double busiest = usage.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    return new ExpertBalance(
        sum > 0 ? OptionalDouble.of(busiest * usage.size() / sum) : OptionalDouble.empty(),
        usage.stream().filter(share -> share <= 0).count());
  }
}
