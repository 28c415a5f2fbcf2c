package io.sparkswitch.data.token;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One piece of a SentencePiece model.
 *
 * @param text U+2581 stands for a space
 * @param score natural logarithm of the probability; 0 for all but normal pieces
 */
public record Piece(String text, float score, Type type) {
  /** Kinds of pieces with their numbers in the file. */
  enum Type {
    NORMAL(1),
    UNKNOWN(2),
    CONTROL(3),
    USER_DEFINED(4),
    UNUSED(5),
    BYTE(6);

    final int number;

    Type(int number) {
      this.number = number;
    }

    static Type of(int number) {
      return Arrays.stream(values())
          .filter(type -> type.number == number)
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("unknown kind of piece: " + number));
    }
  }

  public static Piece normal(String text, float score) {
    return new Piece(text, score, Type.NORMAL);
  }

  /** A piece for each byte, {@code <0x00>} first. */
  public static List<Piece> bytes() {
    return IntStream.rangeClosed(0, 0xFF)
        .mapToObj(value -> new Piece("<0x%02X>".formatted(value), 0, Type.BYTE))
        .toList();
  }
}
