package io.sparkswitch.data.token.train;

import io.sparkswitch.data.token.VocabularySpec;

/**
 * How a unigram vocabulary is trained.
 *
 * @param pieces size of the model: pad, end, unknown and the pieces of bytes included, sentinels
 *     not
 * @param maxPieceLength longest piece in code points, its space mark included
 * @param subIterations rounds of expectation and maximisation between two prunings
 * @param byteFallback whether 256 pieces stand for the bytes of characters that have no piece, so
 *     that nothing is unknown
 * @param text what it is trained on
 */
public record UnigramSettings(
    int pieces, int maxPieceLength, int subIterations, boolean byteFallback, TextSettings text) {
  private static final int LONGEST_PIECE = 32;
  private static final int BYTES = 256;

  public UnigramSettings {
    int special = special(byteFallback);
    if (pieces <= special) {
      throw new IllegalArgumentException(
          "pieces = %d leaves no room beside the %d control and byte pieces"
              .formatted(pieces, special));
    }
    if (maxPieceLength < 1 || maxPieceLength > LONGEST_PIECE) {
      throw new IllegalArgumentException(
          "max-piece-length = %d is outside [1, %d]".formatted(maxPieceLength, LONGEST_PIECE));
    }
    if (subIterations < 1) {
      throw new IllegalArgumentException("sub-iterations = %d is below 1".formatted(subIterations));
    }
  }

  /** SentencePiece's defaults for a vocabulary of this size. */
  public static UnigramSettings of(int pieces) {
    return new UnigramSettings(pieces, 16, 2, false, TextSettings.defaults());
  }

  /** These, trained on other text. */
  public UnigramSettings with(TextSettings other) {
    return new UnigramSettings(pieces, maxPieceLength, subIterations, byteFallback, other);
  }

  /** These with the pieces of bytes. */
  public UnigramSettings withByteFallback() {
    return new UnigramSettings(pieces, maxPieceLength, subIterations, true, text);
  }

  /** Pieces that are not trained: pad, end, unknown and the pieces of bytes. */
  int special() {
    return special(byteFallback);
  }

  private static int special(boolean byteFallback) {
    return VocabularySpec.UNKNOWN + 1 + (byteFallback ? BYTES : 0);
  }
}
