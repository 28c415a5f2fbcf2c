package io.sparkswitch.distill.target;

import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Every token's probability, in the order of ids.
 *
 * @param values what they are rounded to
 */
record FullTargets(TargetValues values) implements TargetRule {
  @Override
  public Distributions of(Tensor probabilities, long[] keys) {
    int positions = Math.toIntExact(probabilities.size(0));
    int vocab = Math.toIntExact(probabilities.size(1));
    float[] rounded = values.round(Tensors.toFloats(probabilities));
    return Distributions.of(vocab, new int[0], rounded, new float[positions]);
  }
}
