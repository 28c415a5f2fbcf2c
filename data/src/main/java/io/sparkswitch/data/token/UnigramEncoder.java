package io.sparkswitch.data.token;

import io.sparkswitch.data.token.normalise.CharacterMap;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/**
 * Text to ids, the same as SentencePiece's, word by word: no piece reaches across a space, so the
 * best path of a text is those of its words, and words come again. Kept words are looked up; where
 * rounding could have decided for another path, the word is segmented anew with the sum that its
 * text has come to.
 *
 * <p>Concurrency: safe from any thread. There are as many tables of kept words, of 16 MB, as
 * threads have encoded at once.
 */
final class UnigramEncoder {
  private final BestPath paths;
  private final CharacterMap normaliser;
  private final String reserved;
  private final Queue<KeptWords> idle = new ConcurrentLinkedQueue<>();

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
    KeptWords found = idle.poll();
    KeptWords kept = found == null ? new KeptWords() : found;
    try {
      return new Text(text, kept).encode();
    } finally {
      idle.add(kept);
    }
  }

  /** One text on its way to ids. */
  private final class Text {
    private final String text;
    private final KeptWords kept;
    private final IdBuffer ids;
    private float score;

    Text(String text, KeptWords kept) {
      this.text = text;
      this.kept = kept;
      this.ids = new IdBuffer(text.length() / 3 + 8);
    }

    Optional<int[]> encode() {
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
        if (!(at - from <= KeptWords.LONGEST ? addKept(from, at, hash) : addNew(from, at))) {
          return Optional.empty();
        }
      }
      return Optional.of(ids.toArray());
    }

    private boolean addKept(int from, int to, int hash) {
      int entry = kept.find(text, from, to, hash);
      if (entry >= 0 && kept.isBestAfter(entry, score, paths.largestScore())) {
        score = kept.append(entry, score, ids);
        return true;
      }
      if (entry < 0) {
        String word = text.substring(from, to);
        EncodedWord path = segment(word, 0);
        if (path == null) {
          return false;
        }
        kept.keep(word, hash, path);
        if (EncodedWord.isBestAfter(
            score, path.margin(), path.characters(), paths.largestScore())) {
          add(path);
          return true;
        }
      }
      return addNew(from, to);
    }

    private boolean addNew(int from, int to) {
      EncodedWord path = segment(text.substring(from, to), score);
      if (path != null) {
        add(path);
      }
      return path != null;
    }

    private void add(EncodedWord path) {
      ids.add(path.ids(), 0, path.ids().length);
      score = path.scoreAfter(score);
    }
  }

  /** The word's path after a score; null where its normalised form is not one of words. */
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
}
