package io.sparkswitch.distill.target;

import io.sparkswitch.data.batch.Batch;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** The distributions of a batch, position by position as its logits; padding holds zeros. */
public sealed interface SoftTargetsBatch extends SoftTargetsSource {

  /** Number of positions, padding included. */
  long positions();

  /** In words, for errors. */
  String shape();

  /**
   * Every token's probability.
   *
   * @param probabilities {@code <float>[positions, vocab]}
   */
  record Full(Tensor probabilities) implements SoftTargetsBatch {
    @Override
    public long positions() {
      return probabilities.size(0);
    }

    @Override
    public String shape() {
      return "soft targets [%d, %d]".formatted(probabilities.size(0), probabilities.size(1));
    }

    @Override
    public Full at(Tensor chosen) {
      return new Full(probabilities.index_select(0, chosen));
    }
  }

  /**
   * Some tokens' probabilities; where fewer are kept than elsewhere, tokens of probability 0 fill
   * up.
   *
   * @param tokens {@code <int64>[positions, kept]}
   * @param probabilities {@code <float>[positions, kept]}
   * @param remainder {@code <float>[positions]}: mass of all other tokens; empty if they have none
   */
  record Kept(Tensor tokens, Tensor probabilities, Optional<Tensor> remainder)
      implements SoftTargetsBatch {
    public Kept {
      long positions = tokens.size(0);
      long kept = tokens.size(1);
      long masses = remainder.map(r -> r.size(0)).orElse(positions);
      if (probabilities.size(0) != positions
          || probabilities.size(1) != kept
          || masses != positions) {
        throw new IllegalArgumentException(
            "tokens [%d, %d], probabilities [%d, %d], remainder [%d] do not belong together"
                .formatted(positions, kept, probabilities.size(0), probabilities.size(1), masses));
      }
    }

    @Override
    public long positions() {
      return tokens.size(0);
    }

    /** Most tokens kept at a position. */
    public long kept() {
      return tokens.size(1);
    }

    @Override
    public String shape() {
      return "soft targets [%d, %d kept]".formatted(positions(), kept());
    }

    @Override
    public Kept at(Tensor chosen) {
      return new Kept(
          tokens.index_select(0, chosen),
          probabilities.index_select(0, chosen),
          remainder.map(r -> r.index_select(0, chosen)));
    }
  }

  /**
   * A teacher's own distributions, as it has just computed them.
   *
   * @param logits {@code <float>[positions, vocab]}
   * @param temperature of the teacher's softmax
   */
  static SoftTargetsBatch ofTeacher(Tensor logits, double temperature) {
    return new Full(Softened.of(logits, temperature));
  }

  /**
   * Lays the rows out as the batch. What rounding took from a distribution's mass or added to it is
   * undone: each adds up to one in float32.
   *
   * @param rows one a sequence, in their order, of one kind
   * @param part the student's sequences
   * @throws IllegalArgumentException if the rows are not those of the sequences
   */
  static SoftTargetsBatch of(List<SoftTargets> rows, Batch part) {
    return new BatchLayout(rows, part).laidOut();
  }
}
