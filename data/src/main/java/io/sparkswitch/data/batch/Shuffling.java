package io.sparkswitch.data.batch;

/**
 * How a stream is shuffled.
 *
 * @param seed fixes all permutations and masks
 * @param windowRowGroups row groups that are shuffled into one another at a time, 1 to {@value
 *     BatchStream#MAX_WINDOW_ROW_GROUPS}; a mixture splits them among its parts by their shares, at
 *     least one each. Memory is two windows of tokens, of 2 bytes each where the vocabulary is
 *     below 65,536, else 3
 */
public record Shuffling(long seed, int windowRowGroups) {
  public Shuffling {
    if (windowRowGroups < 1 || windowRowGroups > BatchStream.MAX_WINDOW_ROW_GROUPS) {
      throw new IllegalArgumentException(
          "shuffling window of %d row groups: allowed are 1 to %d"
              .formatted(windowRowGroups, BatchStream.MAX_WINDOW_ROW_GROUPS));
    }
  }

  int windowOf(double share) {
    return Math.max(1, (int) (windowRowGroups * share));
  }
}
