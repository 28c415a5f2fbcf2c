package io.sparkswitch.data.token.train;

import io.sparkswitch.data.token.Piece;
import io.sparkswitch.data.token.PieceTrie;
import io.sparkswitch.data.token.WordTable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The state of a unigram model being fitted: which seeds are still alive, and their log
 * probabilities. Never falls below {@code target} pieces, so any size up to the number of seeds can
 * be reached.
 */
final class UnigramFit {
  /** Below this many expected occurrences a piece leaves. */
  private static final double RARE = 0.5;

  private static final double SHRINKING = 0.75;

  private final WordTable seeds;
  private final SegmentGraph text;
  private final SegmentGraph selves;
  private final int required;
  private final int target;
  private final double[] logProbabilities;
  private final boolean[] alive;
  private int size;

  /**
   * @param required the first seeds that never leave
   * @param target least number of pieces
   */
  UnigramFit(WordTable seeds, WordTable words, int required, int target) {
    PieceTrie trie = new PieceTrie(seeds);
    this.seeds = seeds;
    this.text = new SegmentGraph(words, trie);
    this.selves = new SegmentGraph(seeds, trie);
    this.required = required;
    this.target = target;
    this.size = seeds.words();
    this.alive = new boolean[size];
    Arrays.fill(alive, true);
    double total = Arrays.stream(seeds.weights()).sum();
    this.logProbabilities =
        Arrays.stream(seeds.weights()).map(weight -> StrictMath.log(weight / total)).toArray();
  }

  int size() {
    return size;
  }

  /**
   * One round of expectation and maximisation. The maximisation is the variational one with a
   * sparse prior, exp(ψ(count)) instead of the count, as SentencePiece does it (Liang and Klein,
   * Structured Bayesian Nonparametric Models with Variational Inference, 2007).
   */
  void step() {
    double[] expected = new Segmenter(text, logProbabilities).expectedCounts();
    List<Integer> rare =
        IntStream.range(required, alive.length)
            .filter(piece -> alive[piece] && expected[piece] < RARE)
            .boxed()
            .sorted(Comparator.comparingDouble(piece -> expected[piece]))
            .limit(size - target)
            .toList();
    remove(rare);
    double sum = 0;
    for (int piece = 0; piece < alive.length; piece++) {
      if (alive[piece]) {
        expected[piece] = Math.max(expected[piece], RARE);
        sum += expected[piece];
      }
    }
    double logSum = digamma(sum);
    for (int piece = 0; piece < alive.length; piece++) {
      if (alive[piece]) {
        logProbabilities[piece] = digamma(expected[piece]) - logSum;
      }
    }
  }

  /** Drops a quarter of the pieces, those whose loss costs least likelihood. */
  void prune(int desired) {
    double[] losses = new PruningLoss(text, selves, logProbabilities).losses(alive);
    int keep = Math.max(desired, (int) (SHRINKING * size));
    List<Integer> ranked =
        IntStream.range(required, alive.length)
            .filter(piece -> alive[piece])
            .boxed()
            .sorted(
                Comparator.comparingDouble((Integer piece) -> -losses[piece])
                    .thenComparingDouble(piece -> -logProbabilities[piece])
                    .thenComparing(piece -> piece))
            .toList();
    int useful = 0;
    while (useful < ranked.size() && losses[ranked.get(useful)] > PruningLoss.USELESS) {
      useful++;
    }
    int kept = Math.max(Math.min(keep - required, useful), target - required);
    remove(ranked.subList(Math.min(Math.max(kept, 0), ranked.size()), ranked.size()));
  }

  /** Pieces and scores: the required ones and the most probable, by falling score. */
  List<Piece> best() {
    Comparator<Piece> order =
        Comparator.comparingDouble((Piece piece) -> -piece.score()).thenComparing(Piece::text);
    List<Piece> others =
        IntStream.range(required, alive.length)
            .filter(piece -> alive[piece])
            .mapToObj(this::piece)
            .sorted(order)
            .limit(target - required)
            .toList();
    return Stream.concat(IntStream.range(0, required).mapToObj(this::piece), others.stream())
        .sorted(order)
        .toList();
  }

  private Piece piece(int seed) {
    return Piece.normal(seeds.text(seed), (float) logProbabilities[seed]);
  }

  private void remove(List<Integer> pieces) {
    for (int piece : pieces) {
      alive[piece] = false;
    }
    size -= pieces.size();
    text.retain(alive);
    selves.retain(alive);
  }

  /** The logarithmic derivative of the gamma function, for x > 0. */
  static double digamma(double x) {
    double shifted = x;
    double result = 0;
    while (shifted < 8) {
      result -= 1 / shifted;
      shifted++;
    }
    double inverse = 1 / (shifted * shifted);
    double series = inverse * (1.0 / 12 - inverse * (1.0 / 120 - inverse * (1.0 / 252)));
    return result + StrictMath.log(shifted) - 1 / (2 * shifted) - series;
  }
}
