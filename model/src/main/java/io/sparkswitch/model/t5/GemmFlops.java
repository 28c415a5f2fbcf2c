package io.sparkswitch.model.t5;

import io.sparkswitch.model.t5.T5Config.Width;

/**
 * Floating point operations of a forward pass: 2·m·n·k of every matrix product. With top-1 routing
 * a token visits one expert, so a Switch model costs what its dense twin costs, and its routers.
 */
public final class GemmFlops {
  private GemmFlops() {}

  /** Of one sequence with {@code encoderLength} inputs and {@code decoderLength} targets. */
  public static long forward(T5Config config, long encoderLength, long decoderLength) {
    Width w = config.width();
    // Of encoder tokens, in every block of the decoder.
    long keysAndValues = 2 * BlockWeights.projection(w);
    long sum = 2L * decoderLength * w.embed() * config.vocab();
    for (int block = 0; block < config.encoderLayers(); block++) {
      sum += 2 * encoderLength * token(config, StackKind.ENCODER, block);
      sum += 4 * encoderLength * encoderLength * w.inner();
    }
    for (int block = 0; block < config.decoderLayers(); block++) {
      sum += 2 * decoderLength * (token(config, StackKind.DECODER, block) - keysAndValues);
      sum += 2 * encoderLength * keysAndValues;
      sum += 4 * decoderLength * (decoderLength + encoderLength) * w.inner();
    }
    return sum;
  }

  /** Weights that a token is multiplied by in a block. */
  private static long token(T5Config config, StackKind stack, int block) {
    BlockWeights weights = BlockWeights.of(config, stack, block);
    return weights.routers() + weights.active(config.training().selection().expertsPerToken());
  }
}
