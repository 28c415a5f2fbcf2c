package io.sparkswitch.model.t5;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.t5.Grouping.Padding;
import io.sparkswitch.model.tensor.Tensors;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * One rank's part of a global batch, as tensors.
 *
 * @param encoderTokens {@code <int64>[batch, encoderLength]}
 * @param decoderTokens {@code <int64>[batch, decoderLength]}
 * @param targets what is predicted where
 * @param encoderGroups routing groups of the encoder's tokens
 * @param decoderGroups routing groups of the decoder's tokens
 * @param globalTargets target tokens of the whole batch
 * @param padded whether any encoder token at hand is padding
 * @param examples what attention may see in packed sequences; empty where each is one text
 */
public record Inputs(
    Tensor encoderTokens,
    Tensor decoderTokens,
    Targets targets,
    TokenGroups encoderGroups,
    TokenGroups decoderGroups,
    long globalTargets,
    boolean padded,
    Optional<Examples> examples) {

  /** Sequences {@code [from, to)} of a global batch: whole routing groups. */
  public static Inputs of(Batch global, int from, int to, Grouping grouping) {
    Batch part = global.slice(from, to);
    int group = grouping.sequences() == 0 ? Math.max(1, global.sequences()) : grouping.sequences();
    boolean whole = from % group == 0 && (to % group == 0 || to == global.sequences());
    if (from < to && !whole) {
      throw new IllegalArgumentException(
          "sequences [%d, %d) of %d cut a routing group of %d"
              .formatted(from, to, global.sequences(), group));
    }
    boolean[] sources = real(part.encoderInputTokens());
    boolean[] targets = real(part.decoderLossWeights());
    int n = part.sequences();
    Groups groups = new Groups(n, group, from, global.sequences(), grouping.padding());
    return new Inputs(
        Tensors.indices(part.encoderInputTokens(), n, part.encoderLength()),
        Tensors.indices(part.decoderInputTokens(), n, part.decoderLength()),
        targets(part.decoderTargetTokens(), targets),
        groups.of(part.encoderLength(), sources, sourceTokens(global)),
        groups.of(part.decoderLength(), targets, global.targetTokens()),
        global.targetTokens(),
        !allTrue(sources),
        part.packing().map(p -> Examples.of(p, n, part.encoderLength(), part.decoderLength())));
  }

  /** Target tokens at hand. */
  public long targetTokens() {
    return targets.labels().size(0);
  }

  /** Real tokens at hand, encoder and decoder together. */
  public long realTokens() {
    return encoderGroups.realTokens() + targetTokens();
  }

  private record Groups(int n, int group, int from, int all, Padding padding) {
    TokenGroups of(int length, boolean[] real, long globalReal) {
      if (padding == Padding.IGNORED) {
        return new TokenGroups(n, length, group, real, from, globalReal);
      }
      boolean[] every = new boolean[real.length];
      Arrays.fill(every, true);
      return new TokenGroups(n, length, group, every, from, (long) all * length);
    }
  }

  private static Targets targets(int[] labels, boolean[] real) {
    int[] positions = IntStream.range(0, real.length).filter(i -> real[i]).toArray();
    int[] predicted = Arrays.stream(positions).map(i -> labels[i]).toArray();
    return new Targets(
        Tensors.indices(positions, positions.length), Tensors.indices(predicted, predicted.length));
  }

  private static boolean allTrue(boolean[] values) {
    for (boolean value : values) {
      if (!value) {
        return false;
      }
    }
    return true;
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
