package io.sparkswitch.model.loss;

import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/** What is minimised over target tokens, besides the routers' losses. */
@FunctionalInterface
public interface Objective {

  /**
   * Sums over target tokens.
   *
   * @param minimised scalar, differentiated
   * @param crossEntropy scalar, reported: nats against the labels alone
   */
  record Loss(Tensor minimised, Tensor crossEntropy) {}

  /**
   * @param logits {@code <float>[tokens, vocab]}
   * @param targets {@code <int64>[tokens]}
   * @param positions {@code <int64>[tokens]}: where they are in the batch, [batch × decoderLength]
   */
  Loss loss(Tensor logits, Tensor targets, Tensor positions);

  /** Loss and gradient at once. Free to overwrite {@code logits}, which are their own owner. */
  default Gradient gradient(Tensor logits, Tensor targets, Tensor positions) {
    try (AutoGradMode on = new AutoGradMode(true)) {
      Tensor leaf = logits.detach();
      leaf.set_requires_grad(true);
      Loss loss = loss(leaf, targets, positions);
      loss.minimised().backward();
      return new Gradient(leaf.grad(), loss.crossEntropy().item_double());
    }
  }

  /**
   * @param logits {@code <float>[tokens, vocab]}: of what is minimised
   * @param crossEntropy reported
   */
  record Gradient(Tensor logits, double crossEntropy) {}
}
