package io.sparkswitch.data.token;

import java.util.Arrays;

/** Forward-backward and best path over a {@link SegmentGraph} under given log probabilities. */
final class Segmenter {
  /**
   * Factor a code point on every piece's probability. It cancels in every posterior, and keeps the
   * products over {@link TrainingText#LONGEST} code points within a double's range.
   */
  private static final double SCALE_PER_CODE = 1e4;

  private final SegmentGraph graph;
  private final double[] logProbabilities;
  private final double[] best = new double[TrainingText.LONGEST + 1];
  private final int[] bestEdge = new int[TrainingText.LONGEST + 1];
  private final int[] bestFrom = new int[TrainingText.LONGEST + 1];

  /** Pieces of the last best path, last piece first. */
  final int[] path = new int[TrainingText.LONGEST];

  Segmenter(SegmentGraph graph, double[] logProbabilities) {
    this.graph = graph;
    this.logProbabilities = logProbabilities;
  }

  /** Expected occurrences of each piece, summed over the words by weight. */
  double[] expectedCounts() {
    WordTable words = graph.words();
    double[] expected = new double[logProbabilities.length];
    double[] scaled = new double[logProbabilities.length];
    for (int piece = 0; piece < scaled.length; piece++) {
      scaled[piece] = Math.exp(logProbabilities[piece]);
    }
    double[] scales = new double[TrainingText.LONGEST + 1];
    for (int length = 0; length < scales.length; length++) {
      scales[length] = Math.pow(SCALE_PER_CODE, length);
    }
    double[] forward = new double[TrainingText.LONGEST + 1];
    double[] backward = new double[TrainingText.LONGEST + 1];
    for (int word = 0; word < words.words(); word++) {
      int start = words.starts()[word];
      int length = words.length(word);
      Arrays.fill(forward, 0, length + 1, 0);
      forward[0] = 1;
      for (int from = 0; from < length; from++) {
        for (int e = graph.edgeStart(start + from); e < graph.edgeStart(start + from + 1); e++) {
          int step = graph.length(e);
          forward[from + step] += forward[from] * scaled[graph.piece(e)] * scales[step];
        }
      }
      double share = words.weights()[word] / forward[length];
      backward[length] = 1;
      for (int from = length - 1; from >= 0; from--) {
        double sum = 0;
        for (int e = graph.edgeStart(start + from); e < graph.edgeStart(start + from + 1); e++) {
          int step = graph.length(e);
          int piece = graph.piece(e);
          double rest = scaled[piece] * scales[step] * backward[from + step];
          sum += rest;
          expected[piece] += share * forward[from] * rest;
        }
        backward[from] = sum;
      }
    }
    return expected;
  }

  /**
   * Finds the most probable segmentation of a word into {@link #path}.
   *
   * @param excluded a piece that may not be used, or -1
   * @return its number of pieces; 0 if there is none
   */
  int bestPath(int word, int excluded) {
    int start = graph.words().starts()[word];
    int length = graph.words().length(word);
    Arrays.fill(best, 0, length + 1, Double.NEGATIVE_INFINITY);
    best[0] = 0;
    for (int from = 0; from < length; from++) {
      for (int e = graph.edgeStart(start + from); e < graph.edgeStart(start + from + 1); e++) {
        int piece = graph.piece(e);
        int to = from + graph.length(e);
        double score = best[from] + logProbabilities[piece];
        if (piece != excluded && score > best[to]) {
          best[to] = score;
          bestEdge[to] = piece;
          bestFrom[to] = from;
        }
      }
    }
    if (best[length] == Double.NEGATIVE_INFINITY) {
      return 0;
    }
    int count = 0;
    for (int at = length; at > 0; at = bestFrom[at]) {
      path[count++] = bestEdge[at];
    }
    return count;
  }

  /** Log probability of the last best path of a word of {@code length} code points. */
  double bestScore(int length) {
    return best[length];
  }
}
