package io.sparkswitch.model.loss;

import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.javacpp.PointerScope;
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
  private static final long[] VOCAB = {1};

  /** Logits that stay in a processor's cache between two passes over them. */
  private static final long IN_CACHE = 1 << 18;

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

  /**
   * The output z-loss by itself.
   *
   * @param logits {@code <float>[tokens, vocab]}
   * @return scalar
   */
  public static Tensor zLoss(Tensor logits, double factor) {
    return logits.logsumexp(1).square().sum().mul(Tensors.scalar(factor));
  }

  @Override
  public Loss loss(Tensor logits, Tensor targets, Tensor positions) {
    Tensor crossEntropy = sum(logits, targets);
    if (zLoss == 0) {
      return new Loss(crossEntropy, crossEntropy);
    }
    return new Loss(crossEntropy.add(zLoss(logits, zLoss)), crossEntropy);
  }

  /** In place: the logits become softmax · (1 + 2 · zLoss · z) − one-hot, z = log Σ exp logits. */
  @Override
  public Gradient gradient(Tensor logits, Tensor targets, Tensor positions) {
    long rows = Math.max(1, IN_CACHE / logits.size(1));
    double crossEntropy = 0;
    for (long from = 0; from < logits.size(0); from += rows) {
      long n = Math.min(rows, logits.size(0) - from);
      try (PointerScope scope = new PointerScope()) {
        crossEntropy += inPlace(logits.narrow(0, from, n), targets.narrow(0, from, n));
      }
    }
    return new Gradient(logits, crossEntropy);
  }

  private double inPlace(Tensor logits, Tensor targets) {
    Tensor column = targets.unsqueeze(1); // [tokens, 1]
    Tensor target = logits.gather(1, column); // [tokens, 1]
    Tensor largest = logits.amax(VOCAB, true);
    torch.softmax_out(logits, logits, 1);
    // log Σ exp from the softmax of the largest, which is at least 1 / vocab.
    Tensor z = largest.sub(logits.amax(VOCAB, true).log_()); // [tokens, 1]
    if (zLoss > 0) {
      logits.mul_(z.mul(Tensors.scalar(2 * zLoss)).add_(Tensors.scalar(1)));
    }
    logits.scatter_add_(1, column, torch.full_like(target, Tensors.scalar(-1)));
    return z.sub(target).sum().item_double();
  }
}
