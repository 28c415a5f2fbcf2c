package io.sparkswitch.distill.target;

import java.io.Serializable;

/**
 * How soft targets were made.
 *
 * @param kind what is kept of a distribution
 * @param k tokens kept a position; the vocabulary's rows if all
 * @param temperature of the teacher's softmax
 * @param steps batches of the student's stream that are covered, from step 0
 */
public record TargetsSettings(TargetKind kind, int k, double temperature, long steps)
    implements Serializable {
  public TargetsSettings {
    if (k < 1 || steps < 1) {
      throw new IllegalArgumentException(
          "soft targets with k = %d over %d steps: both are at least 1".formatted(k, steps));
    }
    if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "soft targets at temperature %s: it must be above 0".formatted(temperature));
    }
  }

  /** Settings at temperature 1; k = 0 or k = vocab is the full distribution. */
  public static TargetsSettings of(int k, int vocab, long steps) {
    return k == 0 || k == vocab
        ? new TargetsSettings(TargetKind.FULL, vocab, 1, steps)
        : new TargetsSettings(TargetKind.TOP_K, k, 1, steps);
  }
}
