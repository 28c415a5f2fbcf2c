package io.sparkswitch.data.token;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Text to ids, the same as SentencePiece's, word by word: no piece reaches across a space, so the
 * best path of a text is those of its words, and words come again. Kept words are looked up; where
 * rounding could have decided for another path, the word is segmented anew with the sum that its
 * text has come to.
 *
 * <p>Concurrency: safe from any thread. Threads share the kept words without a lock; a word that
 * two of them keep at once is kept once.
 */
final class UnigramEncoder {
  private static final int KEPT_WORDS = 1 << 17;
  private static final int LONGEST_KEPT = 24;

  /** A word as it stands in texts. */
  private record Kept(String word, int hash, EncodedWord encoded) {}

  private final BestPath paths;
  private final CharacterMap normaliser;
  private final String reserved;
  private final Kept[] kept = new Kept[KEPT_WORDS];

  private UnigramEncoder(SentencePieceModel model, String reserved) {
    this.paths = new BestPath(model);
    this.normaliser = model.normaliser().map();
    this.reserved = reserved;
  }

  /** An encoder; empty where a text's best path need not be that of its words. */
  static Optional<UnigramEncoder> of(SentencePieceModel model) {
    boolean unigram = model.segmentation() != SentencePieceModel.Segmentation.OTHER;
    boolean spaces = model.normaliser().spaces() == SentencePieceModel.Normaliser.Spaces.AS_T5;
    return unigram
            && spaces
            && endsAtSpaces(model)
            && hasBytes(model)
            && !model.normaliser().map().replacesAcrossSpaces()
        ? Optional.of(new UnigramEncoder(model, reserved(model)))
        : Optional.empty();
  }

  /** Whether no piece reaches across a space, and a space is never unknown. */
  private static boolean endsAtSpaces(SentencePieceModel model) {
    String mark = String.valueOf(Words.SPACE_MARK);
    List<String> normal =
        model.pieces().stream()
            .filter(piece -> piece.type() == Piece.Type.NORMAL)
            .map(Piece::text)
            .toList();
    return normal.contains(mark) && normal.stream().noneMatch(text -> text.lastIndexOf(mark) > 0);
  }

  private static boolean hasBytes(SentencePieceModel model) {
    List<Piece> bytes =
        model.pieces().stream().filter(piece -> piece.type() == Piece.Type.BYTE).toList();
    return !model.hasByteFallback()
        || bytes.stream()
            .map(Piece::text)
            .toList()
            .equals(Piece.bytes().stream().map(Piece::text).toList());
  }

  /** First characters of what the model's user defined; text with them is not for this encoder. */
  private static String reserved(SentencePieceModel model) {
    return model.pieces().stream()
        .filter(piece -> piece.type() == Piece.Type.USER_DEFINED)
        .map(piece -> piece.text().replace(String.valueOf(Words.SPACE_MARK), ""))
        .map(text -> text.isEmpty() ? " " : text.substring(0, 1))
        .distinct()
        .collect(Collectors.joining());
  }

  /**
   * @return {@code <int32>[length]}; empty where this text's best path may not be that of its words
   */
  Optional<int[]> encode(String text) {
    if (reserved.chars().anyMatch(c -> text.indexOf(c) >= 0)) {
      return Optional.empty();
    }
    Ids ids = new Ids(text.length() / 3 + 8);
    float score = 0;
    int length = text.length();
    int at = 0;
    while (at < length) {
      if (Words.isSpace(text.charAt(at))) {
        at++;
        continue;
      }
      int from = at;
      int hash = 0;
      for (; at < length && !Words.isSpace(text.charAt(at)); at++) {
        hash = 31 * hash + text.charAt(at);
      }
      EncodedWord word = word(text, from, at, hash, score);
      if (word == null) {
        return Optional.empty();
      }
      ids.add(word.ids());
      score = word.scoreAfter(score);
    }
    return Optional.of(ids.toArray());
  }

  /** The word's path after {@code score}; null where its normalised form is not one of words. */
  private EncodedWord word(String text, int from, int to, int hash, float score) {
    if (to - from > LONGEST_KEPT) {
      return segment(text.substring(from, to), score);
    }
    int slot = (hash * 0x9E3779B9) >>> Integer.numberOfLeadingZeros(KEPT_WORDS - 1);
    Kept known = kept[slot];
    if (known == null
        || known.hash() != hash
        || known.word().length() != to - from
        || !text.startsWith(known.word(), from)) {
      String word = text.substring(from, to);
      EncodedWord encoded = segment(word, 0);
      if (encoded == null) {
        return null;
      }
      known = new Kept(word, hash, encoded);
      kept[slot] = known;
    }
    return known.encoded().isBestAfter(score, paths.largestScore())
        ? known.encoded()
        : segment(known.word(), score);
  }

  private EncodedWord segment(String word, float score) {
    String spelled = normaliser.normalise(word);
    if (spelled.contains("  ") || spelled.indexOf(Words.SPACE_MARK) >= 0) {
      return null;
    }
    String trimmed = trimmed(spelled);
    return trimmed.isEmpty()
        ? EncodedWord.EMPTY
        : paths.of(Words.SPACE_MARK + trimmed.replace(' ', Words.SPACE_MARK), score);
  }

  private static String trimmed(String text) {
    int from = text.startsWith(" ") ? 1 : 0;
    int to = text.length() - (text.length() > from && text.endsWith(" ") ? 1 : 0);
    return text.substring(from, to);
  }

  /** Ids so far. */
  private static final class Ids {
    private int[] values;
    private int count;

    Ids(int capacity) {
      values = new int[capacity];
    }

    void add(int[] more) {
      if (count + more.length > values.length) {
        values = Arrays.copyOf(values, Math.addExact(count + more.length, values.length / 2));
      }
      for (int id : more) {
        values[count++] = id;
      }
    }

    int[] toArray() {
      return Arrays.copyOf(values, count);
    }
  }
}
