package io.sparkswitch.distill.target;

import io.sparkswitch.model.tensor.Tensors;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A distribution at each position: the k likeliest tokens, likeliest first, and the mass of all
 * others. With k = vocab it is the full distribution, in the order of ids.
 *
 * @param positions number of distributions
 * @param k tokens kept at each
 * @param tokens {@code <int32>[positions, k]}
 * @param probabilities {@code <float>[positions, k]}, rounded to bfloat16
 * @param remainder {@code <float>[positions]}: mass of the tokens that are not kept, not rounded
 */
public record TopKTargets(
    int positions, int k, int[] tokens, float[] probabilities, float[] remainder) {
  private static final long VOCAB_AXIS = 1;

  public TopKTargets {
    Distributions.require(k, tokens, probabilities, remainder);
    if (remainder.length != positions) {
      throw new IllegalArgumentException(
          "%d remainders for %d positions".formatted(remainder.length, positions));
    }
  }

  /**
   * The softmax of {@code logits} at temperature 1.
   *
   * @param logits {@code <float>[positions, vocab]}
   * @param k 1 to vocab; 0 is vocab
   * @throws IllegalArgumentException if k is beyond the vocabulary or a logit is not finite
   */
  public static TopKTargets of(Tensor logits, int k) {
    int positions = Math.toIntExact(logits.size(0));
    int vocab = Math.toIntExact(logits.size(VOCAB_AXIS));
    if (k < 0 || k > vocab) {
      throw new IllegalArgumentException(
          "teach.top-k = %d: allowed are 1 to the vocabulary's %d rows, and 0 for all of them"
              .formatted(k, vocab));
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      if (!logits.isfinite().all().item_bool()) {
        throw new IllegalArgumentException(
            "the teacher's logits are not all finite: it has diverged, take an older checkpoint");
      }
      Tensor all = logits.to(ScalarType.Float).softmax(VOCAB_AXIS); // [positions, vocab]
      return k == 0 || k == vocab ? full(all, positions, vocab) : top(all, positions, k);
    }
  }

  private static TopKTargets full(Tensor all, int positions, int vocab) {
    int size = Math.multiplyExact(positions, vocab);
    int[] tokens = IntStream.range(0, size).map(i -> i % vocab).toArray();
    return new TopKTargets(positions, vocab, tokens, rounded(all), new float[positions]);
  }

  private static TopKTargets top(Tensor all, int positions, int k) {
    T_TensorTensor_T top = all.topk(k, VOCAB_AXIS, true, true);
    Tensor tokens = top.get1(); // [positions, k]
    // Summed from what is left, not as one minus the top: a tail of 1e-9 keeps its digits.
    Tensor rest = all.scatter(VOCAB_AXIS, tokens, Tensors.scalar(0)).sum(VOCAB_AXIS);
    return new TopKTargets(
        positions, k, Tensors.toInts(tokens), rounded(top.get0()), Tensors.toFloats(rest));
  }

  private static float[] rounded(Tensor probabilities) {
    return Tensors.toFloats(probabilities.to(ScalarType.BFloat16));
  }
}
