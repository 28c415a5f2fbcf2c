package io.sparkswitch.distill.target;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.tensor.Tensors;
import java.util.List;
import java.util.Optional;

/** Rows laid out as the batch that they belong to. */
final class BatchLayout {
  private final List<SoftTargets> rows;
  private final int positions;
  private final int[] real;
  private final boolean full;
  private final int width;
  private final int[] tokens;
  private final float[] probabilities;
  private final float[] remainder;

  BatchLayout(List<SoftTargets> rows, Batch part) {
    requireFit(rows, part);
    this.rows = rows;
    this.positions = part.decoderLossWeights().length;
    this.real = RealTargets.of(part);
    this.full = !rows.isEmpty() && rows.get(0).distributions().isFull();
    this.width = rows.stream().mapToInt(row -> row.distributions().width()).max().orElse(1);
    this.probabilities = new float[Math.multiplyExact(positions, width)];
    this.tokens = new int[full ? 0 : probabilities.length];
    this.remainder = new float[positions];
  }

  private static void requireFit(List<SoftTargets> rows, Batch part) {
    if (rows.size() != part.sequences()) {
      throw new IllegalArgumentException(
          "%d rows of soft targets for a batch of %d sequences"
              .formatted(rows.size(), part.sequences()));
    }
    for (int i = 0; i < rows.size(); i++) {
      SoftTargets row = rows.get(i);
      int targets = RealTargets.count(part, i);
      boolean otherKind = row.distributions().isFull() != rows.get(0).distributions().isFull();
      if (row.positions() != targets || otherKind) {
        throw new IllegalArgumentException(
            "step %d, sequence %d: soft targets for %d positions, needed are %d of the first row's kind"
                .formatted(row.step(), row.sequence(), row.positions(), targets));
      }
    }
  }

  SoftTargetsBatch laidOut() {
    int next = 0;
    for (SoftTargets row : rows) {
      for (int position = 0; position < row.positions(); position++) {
        place(row.distributions(), position, real[next++]);
      }
    }
    if (full) {
      return new SoftTargetsBatch.Full(Tensors.floats(probabilities, positions, width));
    }
    boolean lumped = rows.stream().anyMatch(row -> row.distributions().hasRemainder());
    return new SoftTargetsBatch.Kept(
        Tensors.indices(tokens, positions, width),
        Tensors.floats(probabilities, positions, width),
        lumped ? Optional.of(Tensors.floats(remainder, positions)) : Optional.empty());
  }

  private void place(Distributions of, int position, int at) {
    int begin = of.begin(position);
    int count = of.end(position) - begin;
    double correction = of.correction(position);
    for (int i = 0; i < count; i++) {
      probabilities[at * width + i] = (float) (of.probabilities()[begin + i] * correction);
    }
    if (!full) {
      System.arraycopy(of.tokens(), begin, tokens, at * width, count);
    }
    remainder[at] = of.remainder()[position];
  }
}
