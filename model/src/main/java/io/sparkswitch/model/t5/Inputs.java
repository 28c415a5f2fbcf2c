package io.sparkswitch.model.t5;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.loss.CrossEntropy;
import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * One rank's part of a global batch, as tensors.
 *
 * @param encoderTokens {@code <int64>[batch, encoderLength]}
 * @param decoderTokens {@code <int64>[batch, decoderLength]}
 * @param targets {@code <int64>[batch × decoderLength]}, ignored at padding
 * @param encoderGroups routing groups of the encoder's tokens
 * @param decoderGroups routing groups of the decoder's tokens
 * @param globalTargets target tokens of the whole batch
 */
public record Inputs(
    Tensor encoderTokens,
    Tensor decoderTokens,
    Tensor targets,
    TokenGroups encoderGroups,
    TokenGroups decoderGroups,
    long globalTargets) {

  /**
   * Sequences {@code [from, to)} of a global batch: whole routing groups.
   *
   * @param groupSequences sequences of a routing group; 0 is the whole batch
   */
  public static Inputs of(Batch global, int from, int to, int groupSequences) {
    Batch part = global.slice(from, to);
    int group = groupSequences == 0 ? Math.max(1, global.sequences()) : groupSequences;
    boolean whole = from % group == 0 && (to % group == 0 || to == global.sequences());
    if (from < to && !whole) {
      throw new IllegalArgumentException(
          "sequences [%d, %d) of %d cut a routing group of %d"
              .formatted(from, to, global.sequences(), group));
    }
    boolean[] realSources = real(part.encoderInputTokens());
    boolean[] realTargets = real(part.decoderLossWeights());
    int[] targets = part.decoderTargetTokens().clone();
    for (int i = 0; i < targets.length; i++) {
      targets[i] = realTargets[i] ? targets[i] : CrossEntropy.IGNORED;
    }
    int n = part.sequences();
    return new Inputs(
        Tensors.indices(part.encoderInputTokens(), n, part.encoderLength()),
        Tensors.indices(part.decoderInputTokens(), n, part.decoderLength()),
        Tensors.indices(targets, targets.length),
        new TokenGroups(n, part.encoderLength(), group, realSources, from, sourceTokens(global)),
        new TokenGroups(n, part.decoderLength(), group, realTargets, from, global.targetTokens()),
        global.targetTokens());
  }

  /** Whether any encoder token at hand is padding. */
  boolean hasEncoderPadding() {
    for (boolean real : encoderGroups.real()) {
      if (!real) {
        return true;
      }
    }
    return false;
  }

  private static long sourceTokens(Batch batch) {
    long tokens = 0;
    for (int token : batch.encoderInputTokens()) {
      tokens += token != 0 ? 1 : 0;
    }
    return tokens;
  }

  private static boolean[] real(int[] tokens) {
    boolean[] real = new boolean[tokens.length];
    for (int i = 0; i < real.length; i++) {
      real[i] = tokens[i] != 0;
    }
    return real;
  }

  private static boolean[] real(float[] weights) {
    boolean[] real = new boolean[weights.length];
    for (int i = 0; i < real.length; i++) {
      real[i] = weights[i] > 0;
    }
    return real;
  }
}
