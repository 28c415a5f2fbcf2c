package io.sparkswitch.data.token.train;

import io.sparkswitch.data.token.normalise.Normalisation;

/**
 * What of a corpus a vocabulary is trained on.
 *
 * @param normalisation made before words are counted, and by the model before it segments
 * @param characterCoverage share of the corpus's characters that get a piece of their own; the
 *     rarest rest becomes unknown, or bytes
 * @param maxWords distinct words taken, the most frequent first: with {@code longestWord} it bounds
 *     the driver's memory (half a gigabyte for the seeds, and about 100 bytes a character)
 * @param longestWord code points of a word; a longer one, such as a sentence of a script without
 *     spaces, is cut
 */
public record TextSettings(
    Normalisation normalisation, double characterCoverage, int maxWords, int longestWord) {
  private static final int LONGEST = 512;

  public TextSettings {
    if (!(characterCoverage > 0 && characterCoverage <= 1)) {
      throw new IllegalArgumentException(
          "character-coverage = %s is outside (0, 1]".formatted(characterCoverage));
    }
    if (maxWords < 1) {
      throw new IllegalArgumentException("max-words = %d is below 1".formatted(maxWords));
    }
    if (longestWord < 1 || longestWord > LONGEST) {
      throw new IllegalArgumentException(
          "longest-word = %d is outside [1, %d]".formatted(longestWord, LONGEST));
    }
  }

  /** SentencePiece's normalisation and coverage. */
  public static TextSettings defaults() {
    return new TextSettings(Normalisation.NMT_NFKC, 0.9995, 1_000_000, 128);
  }

  /** These with another normalisation. */
  public TextSettings with(Normalisation other) {
    return new TextSettings(other, characterCoverage, maxWords, longestWord);
  }

  /** These with another number of words. */
  public TextSettings withMaxWords(int other) {
    return new TextSettings(normalisation, characterCoverage, other, longestWord);
  }
}
