package io.sparkswitch.distill.target;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The distributions of a batch, position by position as its logits; padding holds zeros.
 *
 * @param tokens {@code <int64>[batch × decoderLength, k]}
 * @param probabilities {@code <float>[batch × decoderLength, k]}
 * @param remainder {@code <float>[batch × decoderLength]}
 */
public record SoftTargetsBatch(Tensor tokens, Tensor probabilities, Tensor remainder) {

  public SoftTargetsBatch {
    long positions = tokens.size(0);
    long k = tokens.size(1);
    if (probabilities.size(0) != positions
        || probabilities.size(1) != k
        || remainder.size(0) != positions) {
      throw new IllegalArgumentException(
          "tokens [%d, %d], probabilities [%d, %d], remainder [%d] do not belong together"
              .formatted(
                  positions, k, probabilities.size(0), probabilities.size(1), remainder.size(0)));
    }
  }

  /** Number of positions, padding included. */
  public long positions() {
    return tokens.size(0);
  }

  /** Tokens kept at each position. */
  public long k() {
    return tokens.size(1);
  }

  /**
   * The distributions of some positions.
   *
   * @param chosen {@code <int64>[tokens]}
   */
  public SoftTargetsBatch at(Tensor chosen) {
    return new SoftTargetsBatch(
        tokens.index_select(0, chosen),
        probabilities.index_select(0, chosen),
        remainder.index_select(0, chosen));
  }

  /**
   * Lays the rows out as the batch. What rounding took from a distribution's mass or added to it is
   * undone: each adds up to one in float32.
   *
   * @param rows one a sequence, in their order; as {@link SoftTargetsReader} checked them
   * @param part the student's sequences
   */
  public static SoftTargetsBatch of(List<SoftTargets> rows, Batch part) {
    int k = rows.isEmpty() ? 1 : rows.get(0).k();
    int positions = part.decoderLossWeights().length;
    int[] real = RealTargets.of(part);
    requireFit(rows, k, part);
    int[] tokens = new int[Math.multiplyExact(positions, k)];
    float[] probabilities = new float[tokens.length];
    float[] remainder = new float[positions];
    int next = 0;
    for (SoftTargets row : rows) {
      float[] normed = normed(row);
      for (int p = 0; p < row.positions(); p++) {
        int at = real[next++];
        System.arraycopy(row.tokens(), p * k, tokens, at * k, k);
        System.arraycopy(normed, p * (k + 1), probabilities, at * k, k);
        remainder[at] = normed[p * (k + 1) + k];
      }
    }
    return new SoftTargetsBatch(
        Tensors.indices(tokens, positions, k),
        Tensors.floats(probabilities, positions, k),
        Tensors.floats(remainder, positions));
  }

  private static void requireFit(List<SoftTargets> rows, int k, Batch part) {
    if (rows.size() != part.sequences()) {
      throw new IllegalArgumentException(
          "%d rows of soft targets for a batch of %d sequences"
              .formatted(rows.size(), part.sequences()));
    }
    for (int i = 0; i < rows.size(); i++) {
      SoftTargets row = rows.get(i);
      int targets = RealTargets.count(part, i);
      if (row.k() != k || row.positions() != targets) {
        throw new IllegalArgumentException(
            "step %d, sequence %d: soft targets for %d positions with k = %d, needed are %d with k = %d"
                .formatted(row.step(), row.sequence(), row.positions(), row.k(), targets, k));
      }
    }
  }

  /** {@code [positions, k + 1]}: probabilities, then the remainder. */
  private static float[] normed(SoftTargets row) {
    int k = row.k();
    float[] normed = new float[row.positions() * (k + 1)];
    for (int p = 0; p < row.positions(); p++) {
      double mass = Distributions.mass(k, row.probabilities(), row.remainder(), p);
      int from = p * (k + 1);
      for (int i = 0; i < k; i++) {
        normed[from + i] = (float) (row.probabilities()[p * k + i] / mass);
      }
      normed[from + k] = (float) (row.remainder()[p] / mass);
    }
    return normed;
  }
}
