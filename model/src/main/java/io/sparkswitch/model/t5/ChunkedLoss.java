package io.sparkswitch.model.t5;

import io.sparkswitch.model.layer.Linear;
import io.sparkswitch.model.loss.Objective;
import io.sparkswitch.model.tensor.Gradients;
import io.sparkswitch.model.tensor.Tape;
import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Projection and loss, forward and backward together, a few rows at a time: the logits of a batch
 * are never all in memory. Positions without a target are not projected at all.
 *
 * @param projection from the decoder's output to logits
 * @param objective over logits
 * @param logitsAtOnce most logits in memory
 */
record ChunkedLoss(OutputProjection projection, Objective objective, long logitsAtOnce) {
  /** 64 MiB of float32: large enough that adding up the weight's gradient costs little. */
  static final long LOGITS_AT_ONCE = 1 << 24;

  /**
   * Adds the weight's gradient to its leaf and the input's to the tape.
   *
   * @param hidden {@code <float>[batch × decoderLength, embed]}
   * @param targets where they are, and what
   * @param weight of the loss
   * @return cross-entropy, summed in nats, without weight
   */
  double train(Tensor hidden, Targets targets, double weight, Tape tape) {
    Tensor rows = projection.scaled(hidden.index_select(0, targets.positions())); // [tokens, embed]
    try (NoGradGuard guard = new NoGradGuard()) {
      Tensor input = rows.detach();
      Tensor gradient = Tensors.empty(input.scalar_type().intern(), input.size(0), input.size(1));
      Tensor matrix = Linear.cast(projection.weight(), input).detach();
      double sum = 0;
      for (long from = 0; from < input.size(0); from += rows()) {
        try (PointerScope scope = new PointerScope()) {
          Chunk chunk = chunk(input, targets, from);
          Tensor logits = Tensors.exact(chunk.input.matmul(matrix.t())); // [tokens, vocab]
          Objective.Gradient g = objective.gradient(logits, chunk.labels, chunk.positions);
          Tensor ofLogits = g.logits().to(input.scalar_type());
          Tensor ofInput = gradient.narrow(0, from, chunk.input.size(0));
          torch.mm_out(ofInput, ofLogits, matrix);
          Gradients.addProduct(projection.weight(), ofLogits, chunk.input, weight);
          sum += g.crossEntropy();
        }
      }
      gradient.mul_(Tensors.scalar(weight));
      tape.seed(rows, gradient);
      return sum;
    }
  }

  /** The same sum, without gradients. */
  double evaluate(Tensor hidden, Targets targets) {
    Tensor input = projection.scaled(hidden.index_select(0, targets.positions()));
    Tensor matrix = Linear.cast(projection.weight(), input).detach();
    double sum = 0;
    for (long from = 0; from < input.size(0); from += rows()) {
      try (PointerScope scope = new PointerScope()) {
        Chunk chunk = chunk(input, targets, from);
        Tensor logits = Tensors.exact(chunk.input.matmul(matrix.t()));
        sum += objective.loss(logits, chunk.labels, chunk.positions).crossEntropy().item_double();
      }
    }
    return sum;
  }

  private record Chunk(Tensor input, Tensor labels, Tensor positions) {}

  private Chunk chunk(Tensor input, Targets targets, long from) {
    long n = Math.min(rows(), input.size(0) - from);
    return new Chunk(
        input.narrow(0, from, n),
        targets.labels().narrow(0, from, n),
        targets.positions().narrow(0, from, n));
  }

  private long rows() {
    return Math.max(1, logitsAtOnce / projection.weight().size(0));
  }
}
