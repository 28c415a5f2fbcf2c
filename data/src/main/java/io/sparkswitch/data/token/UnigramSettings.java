package io.sparkswitch.data.token;

/**
 * How a unigram vocabulary is trained; the defaults are SentencePiece's.
 *
 * @param pieces size of the model, pad, end and unknown included, sentinels not
 * @param characterCoverage share of the corpus's characters that get a piece of their own; the
 *     rarest rest becomes unknown
 * @param maxPieceLength longest piece in code points, its space mark included
 * @param maxWords distinct words taken, the most frequent first: bounds the driver's memory (about
 *     1 kB a word)
 * @param subIterations rounds of expectation and maximisation between two prunings
 */
public record UnigramSettings(
    int pieces, double characterCoverage, int maxPieceLength, long maxWords, int subIterations) {
  private static final int LONGEST_PIECE = 32;

  public UnigramSettings {
    if (pieces <= VocabularySpec.UNKNOWN + 1) {
      throw new IllegalArgumentException(
          "pieces = %d leaves no room beside the %d control pieces"
              .formatted(pieces, VocabularySpec.UNKNOWN + 1));
    }
    if (!(characterCoverage > 0 && characterCoverage <= 1)) {
      throw new IllegalArgumentException(
          "character-coverage = %s is outside (0, 1]".formatted(characterCoverage));
    }
    if (maxPieceLength < 1 || maxPieceLength > LONGEST_PIECE) {
      throw new IllegalArgumentException(
          "max-piece-length = %d is outside [1, %d]".formatted(maxPieceLength, LONGEST_PIECE));
    }
    if (maxWords < 1) {
      throw new IllegalArgumentException("max-words = %d is below 1".formatted(maxWords));
    }
    if (subIterations < 1) {
      throw new IllegalArgumentException("sub-iterations = %d is below 1".formatted(subIterations));
    }
  }

  /** The defaults for a vocabulary of this size. */
  public static UnigramSettings of(int pieces) {
    return new UnigramSettings(pieces, 0.9995, 16, 1_000_000, 2);
  }
}
