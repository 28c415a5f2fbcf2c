package io.sparkswitch.model.t5;

import io.sparkswitch.model.loss.Objective;
import io.sparkswitch.model.moe.LayerMetrics;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.tensor.Phase;
import io.sparkswitch.model.tensor.Tensors;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** One rank's part of a step: forward, and backward where gradients are wanted. */
public final class GradientStep {
  private GradientStep() {}

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
    Tensor hidden = pass.tape().keep(model.hidden(inputs, pass));
    pass.tape().end(Phase.OUTPUT);
    double weight = 1.0 / inputs.globalTargets();
    double crossEntropy =
        chunked(model, objective).train(hidden, inputs.targets(), weight, pass.tape());
    pass.tape().backward();
    return result(crossEntropy, inputs, pass);
  }

  /** Loss only. */
  public static Result evaluate(T5Model model, Inputs inputs, Pass pass, Objective objective) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor hidden = model.hidden(inputs, pass);
      return result(chunked(model, objective).evaluate(hidden, inputs.targets()), inputs, pass);
    }
  }

  /** Scores of the next token, computed where they are asked for. */
  @FunctionalInterface
  public interface Scores {
    /**
     * @param positions {@code <int64>[tokens]} in the flattened [batch, decoderLength]
     * @return {@code <float>[tokens, vocab]}, without gradient
     */
    Tensor at(Tensor positions);
  }

  /**
   * What the model thinks of a batch, for another model to learn from: the logits of a batch are
   * never all in memory.
   *
   * @return usable as long as the scope it was called in
   */
  public static Scores read(T5Model model, Inputs inputs, Pass pass) {
    try (NoGradGuard guard = new NoGradGuard()) {
      Tensor hidden = Tensors.surviving(() -> model.hidden(inputs, pass));
      return positions -> scores(model, hidden, positions);
    }
  }

  private static Tensor scores(T5Model model, Tensor hidden, Tensor positions) {
    try (NoGradGuard guard = new NoGradGuard()) {
      return Tensors.exact(model.logits(hidden.index_select(0, positions)));
    }
  }

  private static ChunkedLoss chunked(T5Model model, Objective objective) {
    return new ChunkedLoss(model.projection(), objective, ChunkedLoss.LOGITS_AT_ONCE);
  }

  private static Result result(double crossEntropy, Inputs inputs, Pass pass) {
    return new Result(crossEntropy, inputs.targetTokens(), List.copyOf(pass.seen().metrics()));
  }
}
