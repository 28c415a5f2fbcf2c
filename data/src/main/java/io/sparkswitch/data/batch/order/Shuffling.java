package io.sparkswitch.data.batch.order;

/**
 * How a stream is shuffled.
 *
 * @param seed fixes all permutations and masks
 * @param windowRowGroups row groups that are shuffled into one another at a time, 1 to {@value
 *     #MAX_WINDOW_ROW_GROUPS}; a mixture splits them among its parts by their shares, at least one
 *     each. Memory is two windows of tokens, of 2 bytes each where the vocabulary is below 65,536,
 *     else 3
 */
public record Shuffling(long seed, int windowRowGroups) {
  /** Row groups that a shuffling window may have at most. */
  public static final int MAX_WINDOW_ROW_GROUPS = 64;

  public Shuffling {
    if (windowRowGroups < 1 || windowRowGroups > MAX_WINDOW_ROW_GROUPS) {
      throw new IllegalArgumentException(
          "shuffling window of %d row groups: allowed are 1 to %d"
              .formatted(windowRowGroups, MAX_WINDOW_ROW_GROUPS));
    }
  }

  /** Row groups of the window of a part with this share of the mixture, at least one. */
  public int windowOf(double share) {
    return Math.max(1, (int) (windowRowGroups * share));
  }
}
