package io.sparkswitch.jobs.study.statistics;

import java.util.List;
import java.util.OptionalDouble;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * The smallest true difference that a table could be expected to show: what a two-sided test at 5 %
 * finds in four of five such studies, (t(0.975) + t(0.8)) standard errors.
 */
public final class DetectableDifference {
  private static final double TWO_SIDED = 0.975;
  private static final double POWER = 0.8;

  private DetectableDifference() {}

  /**
   * Of a difference within pairs, its variance taken from all rows of the table together: rows of
   * three pairs each tell little of it.
   *
   * @param rows differences within pairs
   * @return empty if no row has two pairs
   */
  public static OptionalDouble of(List<Spread> rows) {
    int freedom = 0;
    double squares = 0;
    int fewest = Integer.MAX_VALUE;
    for (Spread row : rows) {
      if (row.pairs() > 1) {
        freedom += row.pairs() - 1;
        squares += row.squares();
        fewest = Math.min(fewest, row.pairs());
      }
    }
    if (freedom == 0) {
      return OptionalDouble.empty();
    }
    TDistribution t = new TDistribution(freedom);
    double errors =
        t.inverseCumulativeProbability(TWO_SIDED) + t.inverseCumulativeProbability(POWER);
    return OptionalDouble.of(errors * Math.sqrt(squares / freedom / fewest));
  }
}
