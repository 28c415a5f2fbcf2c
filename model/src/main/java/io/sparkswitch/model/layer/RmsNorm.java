package io.sparkswitch.model.layer;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** T5's layer norm: the root mean square, without mean or bias. */
public final class RmsNorm {
  private static final double EPSILON = 1e-6;

  private RmsNorm() {}

  /**
   * @param x {@code <float>[..., embed]}
   * @param weight {@code <float>[embed]}
   * @return {@code <float>[..., embed]}
   */
  public static Tensor apply(Tensor x, Tensor weight) {
    return torch.rms_norm(
        x,
        new long[] {weight.size(0)},
        new TensorOptional(Linear.cast(weight, x)),
        new DoubleOptional(EPSILON));
  }
}
