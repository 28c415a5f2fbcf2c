package io.sparkswitch.model.layer;

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

  /** {@code weight} in the dtype of {@code x}. */
  public static Tensor cast(Tensor weight, Tensor x) {
    return weight.scalar_type().intern() == x.scalar_type().intern()
        ? weight
        : weight.to(x.scalar_type());
  }
}
