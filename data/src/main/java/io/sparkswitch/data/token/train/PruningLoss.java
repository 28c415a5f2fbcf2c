package io.sparkswitch.data.token.train;

import java.util.Arrays;

/**
 * How much log likelihood a word would lose on average without a piece, if all its occurrences on
 * best paths were replaced by its own second-best segmentation (Kudo, Subword Regularization, 2018,
 * section 3.2).
 */
final class PruningLoss {
  /** The loss of a piece that is on no best path. */
  static final double USELESS = Double.NEGATIVE_INFINITY;

  private final SegmentGraph text;
  private final SegmentGraph selves;
  private final double[] logProbabilities;

  PruningLoss(SegmentGraph text, SegmentGraph selves, double[] logProbabilities) {
    this.text = text;
    this.selves = selves;
    this.logProbabilities = logProbabilities;
  }

  /** A loss for each living piece; infinite where nothing could replace it. */
  double[] losses(boolean[] alive) {
    double[] counts = bestPathCounts();
    double sum = Arrays.stream(counts).sum();
    double words = Arrays.stream(text.words().weights()).sum();
    Segmenter segmenter = new Segmenter(selves, logProbabilities);
    double[] losses = new double[alive.length];
    for (int piece = 0; piece < alive.length; piece++) {
      if (!alive[piece]) {
        continue;
      }
      int parts = segmenter.bestPath(piece, piece);
      double best = segmenter.bestScore(selves.words().length(piece));
      if (parts == 0) {
        losses[piece] = Double.POSITIVE_INFINITY;
      } else if (counts[piece] == 0 || best > logProbabilities[piece]) {
        losses[piece] = USELESS;
      } else {
        double without = StrictMath.log(sum + counts[piece] * (parts - 1));
        double alternative = 0;
        for (int i = 0; i < parts; i++) {
          alternative += StrictMath.log(counts[segmenter.path[i]] + counts[piece]) - without;
        }
        double own = StrictMath.log(counts[piece]) - StrictMath.log(sum);
        losses[piece] = counts[piece] / words * (own - alternative);
      }
    }
    return losses;
  }

  private double[] bestPathCounts() {
    double[] counts = new double[logProbabilities.length];
    Segmenter segmenter = new Segmenter(text, logProbabilities);
    for (int word = 0; word < text.words().words(); word++) {
      int parts = segmenter.bestPath(word, -1);
      for (int i = 0; i < parts; i++) {
        counts[segmenter.path[i]] += text.words().weights()[word];
      }
    }
    return counts;
  }
}
