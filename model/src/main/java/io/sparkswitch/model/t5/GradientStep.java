package io.sparkswitch.model.t5;

import io.sparkswitch.model.moe.LayerMetrics;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.tensor.Tensors;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** One rank's part of a step: forward, and backward where gradients are wanted. */
public final class GradientStep {
  private GradientStep() {}

  /** What is minimised, besides the auxiliary losses. */
  @FunctionalInterface
  public interface Objective {
    /**
     * @param logits {@code <float>[batch × decoderLength, vocab]}
     * @param targets {@code <int64>[batch × decoderLength]}
     */
    Loss loss(Tensor logits, Tensor targets);
  }

  /**
   * Sums over the target tokens at hand.
   *
   * @param minimised scalar, differentiated
   * @param crossEntropy scalar, reported: nats against the labels alone
   */
  public record Loss(Tensor minimised, Tensor crossEntropy) {}

  /**
   * What a rank reports.
   *
   * @param crossEntropy sum in nats over this rank's target tokens
   * @param targetTokens this rank's
   * @param layers what this rank's tokens did in the sparse layers
   */
  public record Result(double crossEntropy, long targetTokens, List<LayerMetrics> layers) {}

  /** Adds this rank's gradients of the global batch's mean loss to the model's gradients. */
  public static Result train(T5Model model, Inputs inputs, Pass pass, Objective objective) {
    Tensor logits = model.forward(inputs, pass);
    Loss loss = objective.loss(logits, inputs.targets());
    pass.tape().addLoss(loss.minimised().mul(Tensors.scalar(1.0 / inputs.globalTargets())));
    double crossEntropy = loss.crossEntropy().item_double();
    pass.tape().backward();
    return result(crossEntropy, inputs, pass);
  }

  /** Loss only. */
  public static Result evaluate(T5Model model, Inputs inputs, Pass pass, Objective objective) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Loss loss = objective.loss(model.forward(inputs, pass), inputs.targets());
      return result(loss.crossEntropy().item_double(), inputs, pass);
    }
  }

  private static Result result(double crossEntropy, Inputs inputs, Pass pass) {
    long targets = inputs.decoderGroups().realTokens();
    return new Result(crossEntropy, targets, List.copyOf(pass.metrics()));
  }
}
