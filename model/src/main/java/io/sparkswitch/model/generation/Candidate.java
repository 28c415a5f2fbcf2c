package io.sparkswitch.model.generation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * A beam and a token that may continue it.
 *
 * @param beam rank of the beam
 * @param token the token
 * @param sum log-probability of the beam and the token
 */
record Candidate(int beam, int token, double sum) {
  /** By falling sum; of equal ones the higher-ranked beam's, then the lower id. */
  static final Comparator<Candidate> PREFERENCE =
      Comparator.comparingDouble(Candidate::sum)
          .reversed()
          .thenComparingInt(Candidate::beam)
          .thenComparingInt(Candidate::token);

  /**
   * The most probable candidates, the best first: twice as many as beams, so that enough are left
   * if each beam's best is its end; fewer where fewer are possible.
   *
   * @param logProbabilities from {@code start}: {@code [beams, size]}
   * @param sums {@code [beams]}: log-probability of each beam, -inf if it cannot be continued
   */
  static List<Candidate> best(double[] logProbabilities, int start, int size, double[] sums) {
    int count = 2 * sums.length;
    PriorityQueue<Candidate> kept = new PriorityQueue<>(PREFERENCE.reversed());
    double least = Double.NEGATIVE_INFINITY; // in this order of visits an equal sum is no better
    for (int beam = 0; beam < sums.length; beam++) {
      for (int token = 0; token < size; token++) {
        double sum = sums[beam] + logProbabilities[start + beam * size + token];
        if (sum > least) {
          kept.add(new Candidate(beam, token, sum));
          if (kept.size() > count) {
            kept.remove();
          }
          least = kept.size() == count ? kept.element().sum() : Double.NEGATIVE_INFINITY;
        }
      }
    }
    List<Candidate> best = new ArrayList<>(kept);
    best.sort(PREFERENCE);
    return best;
  }
}
