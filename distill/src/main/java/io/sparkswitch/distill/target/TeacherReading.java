package io.sparkswitch.distill.target;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.loss.Objective;
import io.sparkswitch.model.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Sequences that a teacher reads, to become rows. It stands where a loss does, so it sees the
 * logits of target positions alone, a few at a time; it minimises nothing. Not thread-safe.
 */
public final class TeacherReading implements Objective {
  private final long step;
  private final int firstSequence;
  private final long corruptionSeed;
  private final Batch part;
  private final TargetsSettings settings;
  private final TargetRule rule;
  private final int[] real;
  private final long[] keys;
  private final List<Distributions> read = new ArrayList<>();
  private int positionsRead;

  /**
   * @param step whose global batch they are of
   * @param firstSequence index of the first in the global batch
   * @param corruptionSeed of the stream they come from
   * @param part the sequences
   */
  public TeacherReading(
      long step, int firstSequence, long corruptionSeed, Batch part, TargetsSettings settings) {
    this.step = step;
    this.firstSequence = firstSequence;
    this.corruptionSeed = corruptionSeed;
    this.part = part;
    this.settings = settings;
    this.rule = TargetRule.of(settings);
    this.real = RealTargets.of(part);
    this.keys = keys();
  }

  private long[] keys() {
    long[] all = new long[real.length];
    int next = 0;
    for (int i = 0; i < part.sequences(); i++) {
      int targets = RealTargets.count(part, i);
      for (int position = 0; position < targets; position++) {
        all[next++] = key(i).ofPosition(position);
      }
    }
    return all;
  }

  private RowKey key(int sequence) {
    return new RowKey(part.segmentIds()[sequence], corruptionSeed, part.epochs()[sequence]);
  }

  /**
   * Keeps what is to be kept of the next positions.
   *
   * @return zeros
   * @throws IllegalArgumentException if these are not the next positions, or a logit is not finite
   */
  @Override
  public Loss loss(Tensor logits, Tensor targets, Tensor positions) {
    int from = positionsRead;
    for (int position : Tensors.toInts(positions)) {
      if (positionsRead == real.length || real[positionsRead] != position) {
        throw new IllegalArgumentException(
            "position %d out of turn, after %d of %d targets"
                .formatted(position, positionsRead, real.length));
      }
      positionsRead++;
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor probabilities = Softened.of(logits, settings.temperature()); // [tokens, vocab]
      long[] theirKeys = Arrays.copyOfRange(keys, from, positionsRead);
      read.add(rule.of(probabilities, theirKeys).requireMass(settings.values().tolerance()));
    }
    Tensor none = Tensors.zeros(ScalarType.Double);
    return new Loss(none, none);
  }

  /**
   * One row a sequence.
   *
   * @throws IllegalStateException if there are positions that were not read
   */
  public List<SoftTargets> rows() {
    if (positionsRead < real.length) {
      throw new IllegalStateException(
          "%d of %d targets were read".formatted(positionsRead, real.length));
    }
    Distributions all = Distributions.joined(read);
    List<SoftTargets> rows = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < part.sequences(); i++) {
      int to = from + RealTargets.count(part, i);
      rows.add(new SoftTargets(step, firstSequence + i, key(i), all.slice(from, to)));
      from = to;
    }
    return rows;
  }
}
