package io.sparkswitch.distill.target;

import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;

/**
 * The likeliest tokens' probabilities, likeliest first, and the mass of all others, not rounded.
 *
 * @param k tokens kept, fewer than the vocabulary has
 * @param values what their probabilities are rounded to
 */
record TopKTargets(int k, TargetValues values) implements TargetRule {
  private static final long VOCAB_AXIS = 1;

  @Override
  public Distributions of(Tensor probabilities, long[] keys) {
    T_TensorTensor_T top = probabilities.topk(k, VOCAB_AXIS, true, true);
    Tensor tokens = top.get1(); // [positions, k]
    // Summed from what is left, not as one minus the top: a tail of 1e-9 keeps its digits.
    Tensor rest = probabilities.scatter(VOCAB_AXIS, tokens, Tensors.scalar(0)).sum(VOCAB_AXIS);
    float[] rounded = values.round(Tensors.toFloats(top.get0()));
    return Distributions.of(k, Tensors.toInts(tokens), rounded, Tensors.toFloats(rest));
  }
}
