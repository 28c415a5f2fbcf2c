package io.sparkswitch.data.token.train;

import io.sparkswitch.data.token.SentencePieceModel;
import java.util.List;

/**
 * A SentencePiece unigram model as tokenizers other than SentencePiece's need it.
 *
 * @param pieces in the order of their ids, without sentinels
 * @param ownSentinels whether the model itself holds the sentinels, as mT5's does
 * @param mapsCharacters whether the model maps characters before it segments, to NFKC for example
 * @param byteFallback whether a character without a piece is written as the pieces of its bytes
 */
public record UnigramPieces(
    List<Scored> pieces, boolean ownSentinels, boolean mapsCharacters, boolean byteFallback) {
  public UnigramPieces {
    pieces = List.copyOf(pieces);
  }

  /**
   * @param text U+2581 stands for a space
   * @param score natural logarithm of the probability
   */
  public record Scored(String text, float score) {}

  /**
   * @param model a {@code .model} file's bytes
   * @throws IllegalArgumentException if they are not a whole SentencePiece model
   */
  public static UnigramPieces of(byte[] model) {
    SentencePieceModel parsed = SentencePieceModel.parse(model);
    int sentinels = parsed.ownSentinels();
    return new UnigramPieces(
        parsed.pieces().stream()
            .limit(parsed.pieces().size() - sentinels)
            .map(piece -> new Scored(piece.text(), piece.score()))
            .toList(),
        sentinels > 0,
        !parsed.normaliser().map().isIdentity(),
        parsed.hasByteFallback());
  }

  /** The text of an id's piece. */
  public String text(int id) {
    return pieces.get(id).text();
  }
}
