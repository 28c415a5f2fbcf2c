package io.sparkswitch.model.layer;

import io.sparkswitch.model.tensor.Gradients;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A product with a weight that may be kept more precisely than it is computed with. */
public final class Linear {
  private Linear() {}

  /**
   * @param x {@code <float>[..., in]}
   * @param weight {@code <float>[out, in]}, cast to the dtype of {@code x}
   * @return {@code <float>[..., out]}
   */
  public static Tensor apply(Tensor x, Tensor weight) {
    return torch.linear(x, cast(weight, x));
  }

  /**
   * Adds the weight's gradient to its leaf.
   *
   * @param gradient {@code <float>[n, out]} of the result
   * @param x {@code <float>[n, in]}
   * @return {@code <float>[n, in]}: the gradient of {@code x}
   */
  static Tensor backward(Tensor gradient, Tensor x, Tensor weight) {
    Gradients.addProduct(weight, gradient, x);
    return gradient.matmul(cast(weight, gradient));
  }

  /** {@code weight} in the dtype of {@code x}. */
  public static Tensor cast(Tensor weight, Tensor x) {
    return weight.scalar_type().intern() == x.scalar_type().intern()
        ? weight
        : weight.to(x.scalar_type());
  }

  /** {@code [..., features]} as {@code [n, features]}. */
  static Tensor rows(Tensor x) {
    long features = x.size(-1);
    return x.view(x.numel() / features, features);
  }
}
