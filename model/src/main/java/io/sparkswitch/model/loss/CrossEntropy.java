package io.sparkswitch.model.loss;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Cross-entropy in nats, summed over target tokens. */
public final class CrossEntropy {
  /** Target of positions that do not count. */
  public static final int IGNORED = -100;

  private static final long SUM = 2;

  private CrossEntropy() {}

  /**
   * @param logits {@code <float>[tokens, vocab]}
   * @param targets {@code <int64>[tokens]}, {@link #IGNORED} where nothing is to be predicted
   * @return scalar
   */
  public static Tensor sum(Tensor logits, Tensor targets) {
    return torch.cross_entropy_loss(logits, targets, new TensorOptional(), SUM, IGNORED, 0);
  }
}
