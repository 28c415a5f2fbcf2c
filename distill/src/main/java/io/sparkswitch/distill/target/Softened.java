package io.sparkswitch.distill.target;

import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A teacher's distributions from its logits, in float32. */
final class Softened {
  private static final long VOCAB_AXIS = 1;

  private Softened() {}

  /**
   * @param logits {@code <float>[tokens, vocab]}
   * @param temperature of the softmax
   * @return {@code <float>[tokens, vocab]}
   * @throws IllegalArgumentException if a logit is not finite
   */
  static Tensor of(Tensor logits, double temperature) {
    if (!logits.isfinite().all().item_bool()) {
      throw new IllegalArgumentException(
          "the teacher's logits are not all finite: it has diverged, take an older checkpoint");
    }
    Tensor exact = logits.to(ScalarType.Float);
    Tensor scaled = temperature == 1 ? exact : exact.mul(Tensors.scalar(1 / temperature));
    return scaled.softmax(VOCAB_AXIS);
  }
}
