package io.sparkswitch.model.generation;

import io.sparkswitch.data.token.VocabularySpec;
import java.util.Arrays;
import java.util.List;

/** The beams of one prompt, by falling log-probability; see {@link DecodingMethod.Beam}. */
final class Beams {
  private final DecodingMethod.Beam method;
  private final int maxTokens;
  private Hypothesis[] open;
  private int[] origins;
  private int length;
  private int ended;
  private Hypothesis best = Hypothesis.DEAD;
  private double bestScore = Double.NEGATIVE_INFINITY;

  Beams(DecodingMethod.Beam method, int maxTokens) {
    this.method = method;
    this.maxTokens = maxTokens;
    this.origins = new int[method.beams()];
    this.open = new Hypothesis[method.beams()];
    Arrays.fill(open, Hypothesis.DEAD);
    open[0] = Hypothesis.EMPTY; // all others would be the same
  }

  /**
   * Goes one token on.
   *
   * @param logProbabilities of all beams of all prompts, {@code [rows, size]}
   * @param row this prompt's first
   */
  void advance(double[] logProbabilities, int row, int size) {
    double[] sums = new double[open.length];
    Arrays.setAll(sums, beam -> open[beam].logProbability());
    List<Candidate> candidates = Candidate.best(logProbabilities, row * size, size, sums);
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException("no token has a probability: are the scores finite?");
    }
    length++;
    Hypothesis[] next = new Hypothesis[open.length];
    int going = 0;
    for (int rank = 0; rank < candidates.size() && going < next.length; rank++) {
      Candidate candidate = candidates.get(rank);
      Hypothesis before = open[candidate.beam()];
      if (candidate.token() != VocabularySpec.EOS) {
        origins[going] = candidate.beam();
        next[going++] = before.then(candidate.token(), candidate.sum());
      } else if (rank < open.length) {
        ended++;
        compete(new Hypothesis(before.tokens(), candidate.sum()), length);
      }
    }
    Arrays.fill(next, going, next.length, Hypothesis.DEAD);
    Arrays.fill(origins, going, next.length, 0);
    open = next;
    if (length == maxTokens && ended < open.length) {
      Arrays.stream(open).forEach(hypothesis -> compete(hypothesis, length));
    }
  }

  private void compete(Hypothesis hypothesis, int tokens) {
    double score = score(hypothesis, tokens);
    if (score > bestScore) {
      best = hypothesis;
      bestScore = score;
    }
  }

  private double score(Hypothesis hypothesis, int tokens) {
    return hypothesis.logProbability() / Math.pow(tokens, method.lengthPenalty());
  }

  /** Whether nothing that follows can change the result, or enough hypotheses have ended. */
  boolean done() {
    // Log-probabilities only fall: all that can raise the score is the length.
    int kindest = method.lengthPenalty() > 0 ? maxTokens : length + 1;
    return length == maxTokens
        || ended >= open.length
        || open[0] == Hypothesis.DEAD
        || score(open[0], kindest) <= bestScore;
  }

  /** The best hypothesis so far. */
  int[] best() {
    return best.tokens();
  }

  /** The beam that each one continues. */
  int[] origins() {
    return origins.clone();
  }

  /** The newest token of each; where nothing is left to continue, some token. */
  int[] last() {
    return Arrays.stream(open)
        .mapToInt(h -> h.tokens().length == 0 ? VocabularySpec.PAD : h.tokens()[length - 1])
        .toArray();
  }
}
