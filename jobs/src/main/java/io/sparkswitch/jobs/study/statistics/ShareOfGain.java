package io.sparkswitch.jobs.study.statistics;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * How much of the gain of Switch over dense a student has: (mean student − mean dense) / (mean
 * switch − mean dense), all of them negative log perplexities, higher is better.
 *
 * @param gain mean of switch − dense over the pairs
 * @param gainError its standard error; empty for one pair
 * @param share empty if the gain is below {@link #ERRORS} standard errors, or there is none
 * @param interval of the share, 95 % of the resamples; empty where the share is, or where so many
 *     resamples have no gain that it would have no end
 */
public record ShareOfGain(
    double gain, OptionalDouble gainError, OptionalDouble share, Optional<Interval> interval) {

  /** Standard errors a gain must have for a share of it to be stated. */
  public static final double ERRORS = 2;

  static final int RESAMPLES = 10_000;
  private static final double TAIL = 0.025;

  /** From the one end to the other. */
  public record Interval(double from, double to) {}

  /**
   * @param dense a pair each
   * @param sparse the Switch model of the same pairs
   * @param student the student of the same pairs
   * @param seed of the resamples
   * @throws IllegalArgumentException if they are not equally many
   */
  public static ShareOfGain of(
      List<Double> dense, List<Double> sparse, List<Double> student, long seed) {
    Spread gain = Spread.ofDifferences(sparse, dense);
    Spread kept = Spread.ofDifferences(student, dense);
    if (!isShown(gain)) {
      return new ShareOfGain(
          gain.mean(), gain.standardError(), OptionalDouble.empty(), Optional.empty());
    }
    return new ShareOfGain(
        gain.mean(),
        gain.standardError(),
        OptionalDouble.of(kept.mean() / gain.mean()),
        interval(gain, kept, seed));
  }

  /** Whether a gain stands clear of its noise. */
  public static boolean isShown(Spread gain) {
    OptionalDouble error = gain.standardError();
    return error.isPresent() && gain.mean() > 0 && gain.mean() >= ERRORS * error.getAsDouble();
  }

  private static Optional<Interval> interval(Spread gain, Spread kept, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int pairs = gain.pairs();
    double[] shares = new double[RESAMPLES];
    int found = 0;
    for (int resample = 0; resample < RESAMPLES; resample++) {
      double gained = 0;
      double keptOfIt = 0;
      for (int draw = 0; draw < pairs; draw++) {
        int pair = random.nextInt(pairs);
        gained += gain.values().get(pair);
        keptOfIt += kept.values().get(pair);
      }
      if (gained > 0) {
        shares[found++] = keptOfIt / gained;
      }
    }
    if (found < RESAMPLES * (1 - TAIL)) {
      return Optional.empty();
    }
    double[] sorted = Arrays.copyOf(shares, found);
    Arrays.sort(sorted);
    return Optional.of(new Interval(quantile(sorted, TAIL), quantile(sorted, 1 - TAIL)));
  }

  /** The smallest of the sorted numbers that at least this share of them do not exceed. */
  private static double quantile(double[] sorted, double share) {
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }
}
