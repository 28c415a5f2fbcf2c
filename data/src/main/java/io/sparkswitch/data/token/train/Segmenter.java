package io.sparkswitch.data.token.train;

import io.sparkswitch.data.token.WordTable;
import java.util.Arrays;

/**
 * Forward-backward and best path over a {@link SegmentGraph} under given log probabilities. Not for
 * use by several threads.
 */
final class Segmenter {
  private final SegmentGraph graph;
  private final double[] logProbabilities;
  private final double[] best;
  private final int[] bestEdge;
  private final int[] bestFrom;
  private final double[] gains;
  private double[] edges = new double[1024];

  /** Pieces of the last best path, last piece first. */
  final int[] path;

  Segmenter(SegmentGraph graph, double[] logProbabilities) {
    int longest = graph.words().longest();
    this.graph = graph;
    this.logProbabilities = logProbabilities;
    this.best = new double[longest + 1];
    this.bestEdge = new int[longest + 1];
    this.bestFrom = new int[longest + 1];
    this.gains = new double[longest];
    this.path = new int[longest];
  }

  /**
   * Expected occurrences of each piece, summed over the words by weight. Each word's edges are
   * taken relative to its best path, whose product is then 1: a word of any length stays within a
   * double's range.
   */
  double[] expectedCounts() {
    WordTable words = graph.words();
    double[] expected = new double[logProbabilities.length];
    double[] probabilities = Arrays.stream(logProbabilities).map(StrictMath::exp).toArray();
    double[] forward = new double[best.length];
    double[] backward = new double[best.length];
    for (int word = 0; word < words.words(); word++) {
      int start = words.starts()[word];
      int length = words.length(word);
      relate(start, length, probabilities);
      int first = graph.edgeStart(start);
      Arrays.fill(forward, 0, length + 1, 0);
      forward[0] = 1;
      for (int from = 0; from < length; from++) {
        for (int e = graph.edgeStart(start + from); e < graph.edgeStart(start + from + 1); e++) {
          forward[from + graph.length(e)] += forward[from] * edges[e - first];
        }
      }
      double share = words.weights()[word] / forward[length];
      backward[length] = 1;
      for (int from = length - 1; from >= 0; from--) {
        double sum = 0;
        for (int e = graph.edgeStart(start + from); e < graph.edgeStart(start + from + 1); e++) {
          double rest = edges[e - first] * backward[from + graph.length(e)];
          sum += rest;
          expected[graph.piece(e)] += share * forward[from] * rest;
        }
        backward[from] = sum;
      }
    }
    return expected;
  }

  /**
   * Fills {@link #edges}: the probability of each edge of a word, over that of the best path
   * between its ends.
   */
  private void relate(int start, int length, double[] probabilities) {
    score(start, length, -1);
    for (int at = 0; at < length; at++) {
      gains[at] = StrictMath.exp(best[at] - best[at + 1]);
    }
    int first = graph.edgeStart(start);
    int count = graph.edgeStart(start + length) - first;
    if (count > edges.length) {
      edges = new double[count + (count >> 1)];
    }
    for (int from = 0; from < length; from++) {
      double gain = 1;
      int to = from;
      for (int e = graph.edgeStart(start + from); e < graph.edgeStart(start + from + 1); e++) {
        while (to < from + graph.length(e)) {
          gain *= gains[to++];
        }
        edges[e - first] = probabilities[graph.piece(e)] * gain;
      }
    }
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
    score(start, length, excluded);
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

  private void score(int start, int length, int excluded) {
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
  }
}
