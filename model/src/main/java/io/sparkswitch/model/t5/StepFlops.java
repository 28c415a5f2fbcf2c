package io.sparkswitch.model.t5;

import io.sparkswitch.model.t5.T5Config.Width;
import io.sparkswitch.model.tensor.TapeOptions.Activations;

/**
 * Floating point operations of the matrix products of some work, 2·m·n·k each, forward. Backward
 * costs twice as much: the gradient of each factor is a product of the same size. Left out is what
 * grows with one side alone: norms, softmax, activations, dropout, residuals, losses, embedding,
 * the optimizer.
 *
 * @param projections attention's matrices and dense feed-forwards
 * @param scores queries times keys, and weights times values
 * @param experts of rows that experts compute
 * @param routers of every position, padding included
 * @param logits of positions with a target
 */
public record StepFlops(long projections, long scores, long experts, long routers, long logits) {

  public static StepFlops of(T5Config config, Work work) {
    Width w = config.width();
    long inputs = work.sequences() * work.inputs();
    long targets = work.sequences() * work.targets();
    // Of encoder tokens, in every block of the decoder.
    long keysAndValues = 2 * BlockWeights.projection(w) * config.decoderLayers();
    long projections =
        inputs * (always(config, StackKind.ENCODER) + keysAndValues)
            + targets * (always(config, StackKind.DECODER) - keysAndValues);
    long pairs =
        inputs * work.inputs() * config.encoderLayers()
            + targets * (work.targets() + work.inputs()) * config.decoderLayers();
    long routers =
        inputs * routers(config, StackKind.ENCODER) + targets * routers(config, StackKind.DECODER);
    return new StepFlops(
        2 * projections,
        Math.multiplyExact(4L * w.inner(), pairs),
        Math.multiplyExact(2L, work.expertProducts()),
        2 * routers,
        Math.multiplyExact(2L * w.embed() * config.vocab(), work.targetTokens()));
  }

  private static long always(T5Config config, StackKind stack) {
    long sum = 0;
    for (int block = 0; block < config.layers(stack); block++) {
      sum += BlockWeights.of(config, stack, block).always();
    }
    return sum;
  }

  private static long routers(T5Config config, StackKind stack) {
    long sum = 0;
    for (int block = 0; block < config.layers(stack); block++) {
      sum += BlockWeights.of(config, stack, block).routers();
    }
    return sum;
  }

  /** Of a forward pass. */
  public long forward() {
    return recomputable() + routers + logits;
  }

  /** Of a forward and a backward pass. */
  public long training(Activations activations) {
    long again = activations == Activations.RECOMPUTED ? recomputable() : 0;
    return Math.addExact(Math.multiplyExact(3L, forward()), again);
  }

  /** What backward computes once more where activations are not kept. */
  public long recomputable() {
    return projections + scores + experts;
  }
}
