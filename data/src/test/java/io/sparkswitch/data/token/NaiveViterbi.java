package io.sparkswitch.data.token;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The best segmentation of a text by trying every piece at every place. */
public final class NaiveViterbi {
  /** How much less an unknown character scores than the worst piece, as in SentencePiece. */
  private static final float UNKNOWN_PENALTY = 10;

  private final Map<String, Integer> ids = new HashMap<>();
  private final List<Piece> pieces;
  private final float unknownScore;

  public NaiveViterbi(List<Piece> pieces) {
    this.pieces = pieces;
    float worst = Float.MAX_VALUE;
    for (int id = 0; id < pieces.size(); id++) {
      if (pieces.get(id).type() == Piece.Type.NORMAL) {
        worst = Math.min(worst, pieces.get(id).score());
        ids.put(pieces.get(id).text(), id);
      }
    }
    unknownScore = worst - UNKNOWN_PENALTY;
  }

  /** Ids of normalised text; the bytes of characters that have no piece. */
  public int[] ids(String text) {
    float[] best = new float[text.length() + 1];
    int[] begins = new int[text.length() + 1];
    for (int to = 1; to <= text.length(); to++) {
      best[to] = Float.NEGATIVE_INFINITY;
      for (int from = Math.max(0, to - 40); from < to; from++) {
        float score = best[from] + score(text.substring(from, to));
        if (score > best[to]) {
          best[to] = score;
          begins[to] = from;
        }
      }
    }
    IntStream path = IntStream.empty();
    for (int to = text.length(); to > 0; to = begins[to]) {
      path = IntStream.concat(ids(text, begins[to], to), path);
    }
    return path.toArray();
  }

  private float score(String part) {
    Integer id = ids.get(part);
    if (id != null) {
      return pieces.get(id).score();
    }
    boolean character = part.codePointCount(0, part.length()) == 1;
    boolean half = part.length() == 1 && Character.isSurrogate(part.charAt(0));
    return character && !half ? unknownScore : Float.NEGATIVE_INFINITY;
  }

  private IntStream ids(String text, int from, int to) {
    String part = text.substring(from, to);
    if (ids.containsKey(part)) {
      return IntStream.of(ids.get(part));
    }
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    return IntStream.range(0, bytes.length)
        .map(at -> VocabularySpec.UNKNOWN + 1 + (bytes[at] & 0xFF));
  }
}
