package io.sparkswitch.data.token.train;

import io.sparkswitch.data.token.Words;
import java.util.Comparator;

/**
 * How often a word occurs in a corpus.
 *
 * @param word as {@link Words#split} yields it, with its leading space mark, or a part of one
 */
public record WordCount(String word, long count) {
  /**
   * Most frequent first. Equal counts stand in an order that has nothing to do with the words'
   * spelling, so that the first so many are a fair sample; it is the same at any time and place.
   */
  public static final Comparator<WordCount> MOST_FREQUENT_FIRST =
      Comparator.comparingLong(WordCount::count)
          .reversed()
          .thenComparing(WordCount::mixed)
          .thenComparing(WordCount::word);

  private static final long MIXER = 0x9E3779B97F4A7C15L;

  public WordCount {
    if (word == null || word.isEmpty()) {
      throw new IllegalArgumentException("a counted word is empty: count what Words.split yields");
    }
    if (count <= 0) {
      throw new IllegalArgumentException(
          "the word '%s' has count %d: counts are positive".formatted(word, count));
    }
  }

  private long mixed() {
    long hash = MIXER;
    for (int i = 0; i < word.length(); i++) {
      hash = (hash ^ word.charAt(i)) * MIXER;
      hash ^= hash >>> Integer.SIZE;
    }
    return hash;
  }
}
