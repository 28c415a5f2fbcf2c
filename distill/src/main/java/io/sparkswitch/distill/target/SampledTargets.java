package io.sparkswitch.distill.target;

import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Draws with replacement; each token that was drawn gets its share of them, most often drawn first.
 * The mean over all draws there could be is the distribution itself, so the loss and its gradient
 * are right in the mean. What is drawn at a position is a function of its key and its distribution
 * alone.
 *
 * @param draws a position
 */
record SampledTargets(int draws) implements TargetRule {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final long VOCAB_AXIS = 1;

  @Override
  public Distributions of(Tensor probabilities, long[] keys) {
    long vocab = probabilities.size(VOCAB_AXIS);
    Tensor cumulative =
        probabilities.to(ScalarType.Double).cumsum(VOCAB_AXIS); // [positions, vocab]
    Tensor total = cumulative.narrow(VOCAB_AXIS, vocab - 1, 1); // [positions, 1]
    Tensor at = Tensors.doubles(uniform(keys), keys.length, draws).mul(total);
    // The first token whose cumulative probability is above the draw: never one of probability 0.
    Tensor drawn =
        torch.searchsorted(
            cumulative, at, false, true, new StringViewOptional(), new TensorOptional());
    return counted(Tensors.toInts(drawn), keys.length);
  }

  /** In [0, 1), {@code [positions, draws]}: SplitMix64 from each position's key. */
  private double[] uniform(long[] keys) {
    double[] uniform = new double[Math.multiplyExact(keys.length, draws)];
    for (int i = 0; i < uniform.length; i++) {
      long bits = Noise.mix(keys[i / draws] + i % draws * GOLDEN);
      uniform[i] = (bits >>> 11) * 0x1p-53;
    }
    return uniform;
  }

  /**
   * @param drawn {@code [positions, draws]}
   */
  private Distributions counted(int[] drawn, int positions) {
    int[] ends = new int[positions];
    int[] tokens = new int[drawn.length];
    float[] shares = new float[drawn.length];
    int kept = 0;
    for (int position = 0; position < positions; position++) {
      int[] here = Arrays.copyOfRange(drawn, position * draws, (position + 1) * draws);
      for (long entry : counts(here)) {
        tokens[kept] = (int) entry;
        shares[kept++] = (float) ((double) -(entry >> Integer.SIZE) / draws);
      }
      ends[position] = kept;
    }
    return new Distributions(
        ends, Arrays.copyOf(tokens, kept), Arrays.copyOf(shares, kept), new float[positions]);
  }

  /** (-count, token) of each token that was drawn, in ascending order. */
  private static long[] counts(int[] drawn) {
    Arrays.sort(drawn);
    long[] entries = new long[drawn.length];
    int distinct = 0;
    for (int from = 0, to; from < drawn.length; from = to) {
      to = from;
      while (to < drawn.length && drawn[to] == drawn[from]) {
        to++;
      }
      entries[distinct++] = ((long) (from - to) << Integer.SIZE) + drawn[from];
    }
    long[] ordered = Arrays.copyOf(entries, distinct);
    Arrays.sort(ordered);
    return ordered;
  }
}
