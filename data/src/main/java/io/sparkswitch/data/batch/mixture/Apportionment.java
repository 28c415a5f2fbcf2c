package io.sparkswitch.data.batch.mixture;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Whole numbers in proportion to weights, by largest remainders; ties go to the first. */
final class Apportionment {
  /** Remainders closer than 1 over this are ties, so that rounding decides nothing. */
  private static final double REMAINDER_STEPS = 1 << 20;

  private Apportionment() {}

  /**
   * Parts a total by weights where no part can take more than it has; what it cannot take goes to
   * the others. Less than the total is dealt out only if all together have less.
   *
   * @param limits what each part has left, {@code [parts]}
   */
  static int[] of(int total, double[] weights, long[] limits) {
    int[] counts = new int[weights.length];
    boolean[] open = new boolean[weights.length];
    for (int p = 0; p < open.length; p++) {
      open[p] = limits[p] > 0;
    }
    int left = total;
    while (left > 0 && anyOf(open)) {
      int[] quota = byRemainders(left, weights, open);
      boolean fits = true;
      for (int p = 0; p < open.length; p++) {
        if (open[p] && quota[p] > limits[p]) {
          counts[p] = (int) limits[p];
          left -= counts[p];
          open[p] = false;
          fits = false;
        }
      }
      if (fits) {
        IntStream.range(0, open.length).filter(p -> open[p]).forEach(p -> counts[p] = quota[p]);
        return counts;
      }
    }
    return counts;
  }

  private static int[] byRemainders(int total, double[] weights, boolean[] open) {
    int[] parts = IntStream.range(0, weights.length).filter(p -> open[p]).toArray();
    double sum = 0;
    for (int p : parts) {
      sum += weights[p];
    }
    int[] counts = new int[weights.length];
    double[] remainders = new double[weights.length];
    int left = total;
    for (int p : parts) {
      double quota = total * weights[p] / sum;
      counts[p] = (int) quota;
      remainders[p] = Math.rint((quota - counts[p]) * REMAINDER_STEPS);
      left -= counts[p];
    }
    Arrays.stream(parts)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer p) -> -remainders[p]))
        .limit(left)
        .forEach(p -> counts[p]++);
    return counts;
  }

  private static boolean anyOf(boolean[] flags) {
    for (boolean flag : flags) {
      if (flag) {
        return true;
      }
    }
    return false;
  }
}
