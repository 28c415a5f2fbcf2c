package io.sparkswitch.data.token;

import java.util.List;

/**
 * A SentencePiece unigram model as tokenizers other than SentencePiece's need it.
 *
 * @param pieces in the order of their ids
 * @param mapsCharacters whether the model maps characters before it segments, to NFKC for example
 */
public record UnigramPieces(List<Scored> pieces, boolean mapsCharacters) {
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
    return new UnigramPieces(
        SentencePieceModel.parse(model).pieces().stream()
            .map(piece -> new Scored(piece.text(), piece.score()))
            .toList(),
        SentencePieceModel.mapsCharacters(model));
  }

  /** The text of an id's piece. */
  public String text(int id) {
    return pieces.get(id).text();
  }
}
