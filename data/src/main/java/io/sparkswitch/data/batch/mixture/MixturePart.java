package io.sparkswitch.data.batch.mixture;

/**
 * A part of a mixture.
 *
 * @param name what it is called, such as a language or a task
 * @param weight its share before scaling: the shares of a mixture are the weights over their sum
 * @param maxEpochs passes over the part that may be made; {@link #UNCAPPED} for any number
 */
public record MixturePart(String name, double weight, int maxEpochs) {
  public static final int UNCAPPED = Integer.MAX_VALUE;

  public MixturePart {
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException("a part of a mixture needs a name");
    }
    if (!(weight > 0 && Double.isFinite(weight))) {
      throw new IllegalArgumentException(
          "part %s has weight %s: give a number above 0, or leave the part out"
              .formatted(name, weight));
    }
    if (maxEpochs < 1) {
      throw new IllegalArgumentException(
          "part %s may be used for %d epochs: allow at least 1, or leave the part out"
              .formatted(name, maxEpochs));
    }
  }

  boolean capped() {
    return maxEpochs != UNCAPPED;
  }
}
