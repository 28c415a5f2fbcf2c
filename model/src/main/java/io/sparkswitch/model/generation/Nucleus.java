package io.sparkswitch.model.generation;

import java.util.Arrays;

/**
 * The fewest tokens whose mass reaches p, the most probable first; of equally probable ones those
 * of lower ids.
 *
 * @param ids {@code [kept]}: by falling probability
 * @param mass {@code [kept]}: probability of each and all before it
 */
record Nucleus(int[] ids, double[] mass) {

  /**
   * @param probabilities {@code [vocab]}: they sum to 1, but for rounding
   */
  static Nucleus of(float[] probabilities, double p) {
    long[] sorted = falling(probabilities, p);
    int[] ids = new int[sorted.length];
    double[] mass = new double[sorted.length];
    double sum = 0;
    int kept = 0;
    while (kept < sorted.length && (kept == 0 || sum < p)) {
      ids[kept] = (int) sorted[kept];
      sum += probabilities[ids[kept]];
      mass[kept++] = sum;
    }
    return new Nucleus(Arrays.copyOf(ids, kept), Arrays.copyOf(mass, kept));
  }

  /** Keys that sort by falling probability, then by id: what can be kept, and little more. */
  private static long[] falling(float[] probabilities, double p) {
    // Tokens below this share have less than 1 - p together, so those above it reach p.
    double least = (1 - p) / probabilities.length * 0.999;
    long[] keys = new long[probabilities.length];
    int count = 0;
    for (int id = 0; id < probabilities.length; id++) {
      if (probabilities[id] > 0 && probabilities[id] >= least) {
        keys[count++] = ((long) ~Float.floatToIntBits(probabilities[id]) << Integer.SIZE) | id;
      }
    }
    if (count == 0) {
      throw new IllegalArgumentException("no token has a probability: are the scores finite?");
    }
    long[] candidates = Arrays.copyOf(keys, count);
    Arrays.sort(candidates);
    return candidates;
  }

  /**
   * The token at a share of the kept mass.
   *
   * @param uniform in [0, 1)
   */
  int at(double uniform) {
    double target = uniform * mass[mass.length - 1];
    for (int i = 0; i < ids.length; i++) {
      if (target < mass[i]) {
        return ids[i];
      }
    }
    return ids[ids.length - 1];
  }
}
