package io.sparkswitch.jobs.study;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.study.result.Yardsticks;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts target tokens, alone and by the token to their left in the text, and predicts others by
 * them. Smoothed after Witten and Bell: P(w | h) = (c(h, w) + T(h) P(w)) / (c(h) + T(h)), T(h)
 * distinct tokens after h; P(w) likewise, over the uniform distribution.
 *
 * <p>The token to the left is the target before or, of the first of a span, the token before the
 * gap in the encoder's input. All sentinels and the end are one symbol, the end of a span: which
 * one it is follows from counting.
 */
final class NeighbourCounts {
  private final VocabularySpec vocabulary;
  private final long[] tokens;
  private final long[] after;
  private final long[] distinctAfter;
  private final Map<Long, Integer> pairs = new HashMap<>();
  private long total;
  private int distinct;

  NeighbourCounts(VocabularySpec vocabulary) {
    this.vocabulary = vocabulary;
    this.tokens = new long[vocabulary.size()];
    this.after = new long[vocabulary.size()];
    this.distinctAfter = new long[vocabulary.size()];
  }

  /** What is told of a target. */
  @FunctionalInterface
  private interface Visitor {
    void target(int left, int token);
  }

  void add(Batch batch) {
    visit(batch, this::count);
  }

  private void count(int left, int token) {
    if (tokens[token]++ == 0) {
      distinct++;
    }
    total++;
    after[left]++;
    if (pairs.merge(key(left, token), 1, Integer::sum) == 1) {
      distinctAfter[left]++;
    }
  }

  /** Sums over the targets of other batches. */
  final class Loss {
    private double unigram;
    private double neighbour;
    private long targets;

    void add(Batch batch) {
      visit(
          batch,
          (left, token) -> {
            unigram -= Math.log(probability(token));
            neighbour -= Math.log(probability(left, token));
            targets++;
          });
    }

    Yardsticks mean() {
      return new Yardsticks(unigram / targets, neighbour / targets);
    }
  }

  double probability(int token) {
    double uniform = 1.0 / vocabulary.size();
    return (tokens[token] + distinct * uniform) / (total + distinct);
  }

  double probability(int left, int token) {
    long types = distinctAfter[left];
    if (types == 0) {
      return probability(token);
    }
    int count = pairs.getOrDefault(key(left, token), 0);
    return (count + types * probability(token)) / (after[left] + types);
  }

  private long key(int left, int token) {
    return (long) left * vocabulary.size() + token;
  }

  private void visit(Batch batch, Visitor visitor) {
    for (int sequence = 0; sequence < batch.sequences(); sequence++) {
      Map<Integer, Integer> beforeGaps = beforeGaps(batch, sequence);
      int left = VocabularySpec.EOS;
      for (int i = 0; i < batch.decoderLength(); i++) {
        int at = sequence * batch.decoderLength() + i;
        if (batch.decoderLossWeights()[at] > 0) {
          int target = batch.decoderTargetTokens()[at];
          visitor.target(left, symbol(target));
          left = beforeGaps.getOrDefault(target, symbol(target));
        }
      }
    }
  }

  /** The token before each sentinel of the encoder's input. */
  private Map<Integer, Integer> beforeGaps(Batch batch, int sequence) {
    Map<Integer, Integer> before = new HashMap<>();
    int left = VocabularySpec.EOS;
    for (int i = 0; i < batch.encoderLength(); i++) {
      int token = batch.encoderInputTokens()[sequence * batch.encoderLength() + i];
      if (token >= vocabulary.pieces()) {
        before.put(token, left);
      }
      left = symbol(token);
    }
    return before;
  }

  /** Ends of spans are one symbol. */
  private int symbol(int token) {
    return token >= vocabulary.pieces() ? VocabularySpec.EOS : token;
  }
}
