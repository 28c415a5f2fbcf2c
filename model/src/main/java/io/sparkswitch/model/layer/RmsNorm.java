package io.sparkswitch.model.layer;

import io.sparkswitch.model.tensor.Gradients;
import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** T5's layer norm: the root mean square, without mean or bias. */
public final class RmsNorm {
  private static final double EPSILON = 1e-6;

  private RmsNorm() {}

  /**
   * With autograd.
   *
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

  /**
   * @param x {@code <float>[n, embed]}
   * @return {@code <float>[n, 1]}: 1 / root mean square, never less precise than float32
   */
  static Tensor inverse(Tensor x) {
    Tensor norm =
        torch.linalg_vector_norm(
            exact(x), new Scalar(2.0), new long[] {1}, true, new ScalarTypeOptional());
    double width = x.size(1);
    norm.square_().mul_(Tensors.scalar(1 / width)).add_(Tensors.scalar(EPSILON)).rsqrt_();
    return norm;
  }

  /**
   * @param inverse of {@link #inverse}
   * @return {@code <float>[n, embed]}: of root mean square one, never less precise than float32
   */
  static Tensor unit(Tensor x, Tensor inverse) {
    return exact(x).mul(inverse);
  }

  /**
   * Adds the weight's gradient to its leaf.
   *
   * @param gradient {@code <float>[n, embed]} of unit · weight; overwritten
   * @param unit {@code <float>[n, embed]}
   * @param around {@code <float>[n, embed]}: gradient that reaches {@code x} besides
   * @return {@code <float>[n, embed]}: the gradient of {@code x}, as precise as the weight
   */
  static Tensor backward(
      Tensor gradient, Tensor unit, Tensor inverse, Tensor weight, Tensor around) {
    Tensor g = exact(gradient);
    Tensor product = g.mul(unit); // [n, embed]
    Gradients.add(weight, product.sum(0));
    Tensor column = weight.detach().unsqueeze(1); // [embed, 1]
    Tensor along = product.matmul(column).mul_(Tensors.scalar(-1.0 / unit.size(1))); // [n, 1]
    g.mul_(weight).addcmul_(unit, along);
    return torch.addcmul(exact(around), g, inverse);
  }

  private static Tensor exact(Tensor x) {
    return x.scalar_type().intern() == ScalarType.BFloat16 ? x.to(ScalarType.Float) : x;
  }
}
