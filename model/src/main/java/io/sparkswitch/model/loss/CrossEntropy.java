package io.sparkswitch.model.loss;

import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Cross-entropy with the labels in nats, and the output z-loss of T5: zLoss · log²(Σ exp logits),
 * minimised but never reported.
 *
 * @param zLoss its factor; 0 is none
 */
public record CrossEntropy(double zLoss) implements Objective {
  /** Target of positions that do not count. */
  public static final int IGNORED = -100;

  private static final long SUM = 2;

  public CrossEntropy {
    if (!(zLoss >= 0)) {
      throw new IllegalArgumentException("zLoss is %s, must be at least 0".formatted(zLoss));
    }
  }

  /**
   * @param logits {@code <float>[tokens, vocab]}
   * @param targets {@code <int64>[tokens]}, {@link #IGNORED} where nothing is to be predicted
   * @return scalar
   */
  public static Tensor sum(Tensor logits, Tensor targets) {
    return torch.cross_entropy_loss(logits, targets, new TensorOptional(), SUM, IGNORED, 0);
  }

  @Override
  public Loss loss(Tensor logits, Tensor targets, Tensor positions) {
    Tensor crossEntropy = sum(logits, targets);
    if (zLoss == 0) {
      return new Loss(crossEntropy, crossEntropy);
    }
    Tensor z = logits.logsumexp(1).square().sum().mul(Tensors.scalar(zLoss));
    return new Loss(crossEntropy.add(z), crossEntropy);
  }

  /**
   * In place: the logits become their gradient, weight · (softmax · (1 + 2 · zLoss · z) − one-hot).
   */
  @Override
  public Gradient gradient(Tensor logits, Tensor targets, Tensor positions, double weight) {
    Tensor column = targets.unsqueeze(1); // [tokens, 1]
    Tensor z = logits.logsumexp(new long[] {1}, true); // [tokens, 1]
    double crossEntropy = z.sub(logits.gather(1, column)).sum().item_double();
    logits.sub_(z).exp_();
    if (zLoss == 0) {
      logits.mul_(new Scalar(weight));
    } else {
      logits.mul_(z.mul(new Scalar(2 * zLoss * weight)).add_(new Scalar(weight)));
    }
    Tensor minus = torch.full_like(column.to(logits.scalar_type()), new Scalar(-weight));
    logits.scatter_add_(1, column, minus);
    return new Gradient(logits, crossEntropy);
  }
}
