package io.sparkswitch.data.batch.mixture;

/**
 * How much of a part the first steps of a stream have used.
 *
 * @param part its name
 * @param sequences sequences made from it
 * @param segments segments or examples that it has
 * @param maxEpochs passes over it that may be made, {@link MixturePart#UNCAPPED} for any number
 */
public record PartUsage(String part, long sequences, long segments, int maxEpochs) {

  /** Passes over the part. */
  public double epochs() {
    return (double) sequences / segments;
  }

  /** Share of its sequences that were made from a segment used before, in [0, 1). */
  public double repeatedShare() {
    return sequences <= segments ? 0 : (double) (sequences - segments) / sequences;
  }

  /** Whether its cap is reached, so that no more of it comes. */
  public boolean exhausted() {
    return maxEpochs != MixturePart.UNCAPPED
        && sequences == Math.multiplyExact(segments, maxEpochs);
  }
}
