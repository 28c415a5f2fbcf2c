package io.sparkswitch.distill.target;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Sequences that a teacher has read, to become rows.
 *
 * @param step whose global batch they are of
 * @param firstSequence index of the first in the global batch
 * @param corruptionSeed of the stream they come from
 * @param part the sequences
 */
public record TeacherBatch(long step, int firstSequence, long corruptionSeed, Batch part) {

  /**
   * One row a sequence; padding is left out before any softmax.
   *
   * @param logits {@code <float>[batch × decoderLength, vocab]} of {@code part}
   * @param k as of {@link TopKTargets#of}
   */
  public List<SoftTargets> rows(Tensor logits, int k) {
    int[] real = RealTargets.of(part);
    if (logits.size(0) != part.decoderLossWeights().length) {
      throw new IllegalArgumentException(
          "logits of %d positions for a batch of %d"
              .formatted(logits.size(0), part.decoderLossWeights().length));
    }
    TopKTargets targets;
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      targets = TopKTargets.of(logits.index_select(0, Tensors.indices(real, real.length)), k);
    }
    List<SoftTargets> rows = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < part.sequences(); i++) {
      int to = from + RealTargets.count(part, i);
      rows.add(row(targets, i, from, to));
      from = to;
    }
    return rows;
  }

  private SoftTargets row(TopKTargets targets, int i, int from, int to) {
    int k = targets.k();
    return new SoftTargets(
        step,
        firstSequence + i,
        part.segmentIds()[i],
        corruptionSeed,
        part.epochs()[i],
        to - from,
        k,
        Arrays.copyOfRange(targets.tokens(), from * k, to * k),
        Arrays.copyOfRange(targets.probabilities(), from * k, to * k),
        Arrays.copyOfRange(targets.remainder(), from, to));
  }
}
