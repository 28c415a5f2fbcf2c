package io.sparkswitch.data.token;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The best path through one word's pieces, as SentencePiece's unigram encoder finds it: sums of
 * scores in float32 that begin with what the text before has, the earlier found of equal paths.
 * Pure, safe from any thread.
 */
final class BestPath {
  /** How much less an unknown character scores than the worst piece. */
  private static final float UNKNOWN_PENALTY = 10;

  private static final int UNKNOWN = -1;

  /** Most bytes of a character in UTF-8. */
  private static final int CHARACTER_BYTES = 4;

  private final PieceTrie trie;
  private final int[] ids;
  private final float[] scores;
  private final float unknownScore;
  private final float largestScore;
  private final int unknownId;

  /** Id of each byte's piece; empty without byte fallback. */
  private final int[] byteIds;

  BestPath(SentencePieceModel model) {
    List<Piece> pieces = model.pieces();
    ids =
        IntStream.range(0, pieces.size())
            .filter(id -> pieces.get(id).type() == Piece.Type.NORMAL)
            .toArray();
    scores = new float[ids.length];
    float worst = Float.MAX_VALUE;
    float best = -Float.MAX_VALUE;
    for (int i = 0; i < ids.length; i++) {
      scores[i] = pieces.get(ids[i]).score();
      worst = Math.min(worst, scores[i]);
      best = Math.max(best, scores[i]);
    }
    List<String> texts = Arrays.stream(ids).mapToObj(id -> pieces.get(id).text()).toList();
    trie = new PieceTrie(WordTable.of(texts, new double[ids.length]));
    unknownScore = worst - UNKNOWN_PENALTY;
    largestScore = Math.max(Math.abs(unknownScore), Math.abs(best));
    unknownId = model.specialIds().unknown();
    byteIds = model.hasByteFallback() ? byteIds(pieces) : new int[0];
  }

  private static int[] byteIds(List<Piece> pieces) {
    return IntStream.range(0, pieces.size())
        .filter(id -> pieces.get(id).type() == Piece.Type.BYTE)
        .toArray();
  }

  /** Largest magnitude of a score, that of unknown characters included. */
  float largestScore() {
    return largestScore;
  }

  /**
   * @param word normalised, with {@link Words#SPACE_MARK} for spaces
   * @param before score of the text before it
   */
  EncodedWord of(String word, float before) {
    int[] codes = codes(word);
    Search search = new Search(codes.length, before);
    for (int from = 0; from < codes.length; from++) {
      boolean hasPiece = false;
      long node = PieceTrie.ROOT;
      for (int to = from; to < codes.length; to++) {
        node = trie.child(node, codes[to]);
        if (node == PieceTrie.NONE) {
          break;
        }
        int piece = PieceTrie.piece(node);
        if (piece != PieceTrie.NO_PIECE) {
          search.edge(from, to + 1, piece, scores[piece]);
          hasPiece |= to == from;
        }
      }
      if (!hasPiece) {
        search.edge(from, from + 1, UNKNOWN, unknownScore);
      }
    }
    return written(codes, search);
  }

  private static int[] codes(String word) {
    int[] codes = new int[word.codePointCount(0, word.length())];
    int at = 0;
    for (int i = 0; i < codes.length; i++) {
      codes[i] = word.codePointAt(at);
      at += Character.charCount(codes[i]);
    }
    return codes;
  }

  private EncodedWord written(int[] codes, Search search) {
    int pieces = search.tracePath();
    float[] along = new float[pieces];
    int[] out = new int[byteIds.length == 0 ? pieces : CHARACTER_BYTES * codes.length];
    int count = 0;
    int next = 0;
    for (int to = 1; to <= codes.length; to++) {
      if (!search.onPath[to]) {
        continue;
      }
      int piece = search.pieceTo[to];
      along[next++] = piece == UNKNOWN ? unknownScore : scores[piece];
      if (piece != UNKNOWN) {
        out[count++] = ids[piece];
      } else if (byteIds.length > 0) {
        for (byte b : Character.toString(codes[to - 1]).getBytes(StandardCharsets.UTF_8)) {
          out[count++] = byteIds[b & 0xFF];
        }
      } else if (count == 0 || out[count - 1] != unknownId) {
        out[count++] = unknownId; // neighbours become one
      }
    }
    int[] written = count == out.length ? out : Arrays.copyOf(out, count);
    return new EncodedWord(written, along, codes.length, search.margin());
  }

  /** One word's sums. */
  private static final class Search {
    final int[] pieceTo;
    final boolean[] onPath;
    private final int length;
    private final int[] fromOf;
    private final float[] best;
    private final double[] exact;
    private int[] edges = new int[64];
    private float[] edgeScores = new float[32];
    private int count;

    Search(int length, float before) {
      this.length = length;
      pieceTo = new int[length + 1];
      onPath = new boolean[length + 1];
      fromOf = new int[length + 1];
      best = new float[length + 1];
      exact = new double[length + 1];
      Arrays.fill(fromOf, -1);
      best[0] = before;
    }

    /** Compared unrounded, kept rounded. */
    void edge(int from, int to, int piece, float score) {
      double sum = (double) score + best[from];
      double exactSum = score + exact[from];
      boolean isFirst = fromOf[to] < 0;
      exact[to] = isFirst ? exactSum : Math.max(exact[to], exactSum);
      if (isFirst || sum > best[to]) {
        best[to] = (float) sum;
        fromOf[to] = from;
        pieceTo[to] = piece;
      }
      if (count == edgeScores.length) {
        edges = Arrays.copyOf(edges, 4 * count);
        edgeScores = Arrays.copyOf(edgeScores, 2 * count);
      }
      edges[2 * count] = from;
      edges[2 * count + 1] = to;
      edgeScores[count++] = score;
    }

    /** Marks where the path's pieces end; their number. */
    int tracePath() {
      int pieces = 0;
      for (int at = length; at > 0; at = fromOf[at]) {
        onPath[at] = true;
        pieces++;
      }
      return pieces;
    }

    /** What the best path has over any path with an edge that it has not. */
    double margin() {
      double[] backward = new double[length + 1];
      Arrays.fill(backward, 0, length, Double.NEGATIVE_INFINITY);
      double other = Double.NEGATIVE_INFINITY;
      for (int e = count - 1; e >= 0; e--) {
        int from = edges[2 * e];
        int to = edges[2 * e + 1];
        double rest = edgeScores[e] + backward[to];
        backward[from] = Math.max(backward[from], rest);
        if (!onPath[to] || fromOf[to] != from) {
          other = Math.max(other, exact[from] + rest);
        }
      }
      return exact[length] - other;
    }
  }
}
