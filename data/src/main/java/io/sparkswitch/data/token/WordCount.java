package io.sparkswitch.data.token;

/**
 * How often a word occurs in a corpus.
 *
 * @param word as {@link Words#split} yields it, with its leading space mark
 */
public record WordCount(String word, long count) {
  public WordCount {
    if (word == null || word.isEmpty()) {
      throw new IllegalArgumentException("a counted word is empty: count what Words.split yields");
    }
    if (count <= 0) {
      throw new IllegalArgumentException(
          "the word '%s' has count %d: counts are positive".formatted(word, count));
    }
  }
}
