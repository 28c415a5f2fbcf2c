package io.sparkswitch.model.t5;

import io.sparkswitch.model.layer.Linear;
import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * From the decoder's output to scores of tokens.
 *
 * @param weight {@code <float>[vocab, embed]}
 * @param scale of the input: d_model^-½ where the weight is the embedding (T5 1.0), else 1
 */
record OutputProjection(Tensor weight, double scale) {

  /** {@code <float>[tokens, embed]}, ready for the product with the weight. */
  Tensor scaled(Tensor hidden) {
    return scale == 1 ? hidden : hidden.mul(Tensors.scalar(scale));
  }

  /**
   * @param hidden {@code <float>[tokens, embed]}
   * @return {@code <float>[tokens, vocab]}
   */
  Tensor logits(Tensor hidden) {
    return Linear.apply(scaled(hidden), weight);
  }
}
