package io.sparkswitch.model.t5;

import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;

/**
 * Floating point operations of a forward pass: 2·m·n·k of every matrix product. A token visits one
 * expert, so a Switch model costs what its dense twin costs, and its routers.
 */
public final class GemmFlops {
  private GemmFlops() {}

  /** Of one sequence with {@code encoderLength} inputs and {@code decoderLength} targets. */
  public static long forward(T5Config config, long encoderLength, long decoderLength) {
    Width w = config.width();
    long projection = 2L * w.embed() * w.inner();
    long flops = 2L * decoderLength * w.embed() * config.vocab();
    for (int block = 0; block < config.encoderLayers(); block++) {
      flops += encoderLength * (4 * projection + feedForward(config, block));
      flops += 4 * encoderLength * encoderLength * w.inner();
    }
    for (int block = 0; block < config.decoderLayers(); block++) {
      flops += decoderLength * (6 * projection + feedForward(config, block));
      flops += encoderLength * 2 * projection;
      flops += 4 * decoderLength * (decoderLength + encoderLength) * w.inner();
    }
    return flops;
  }

  private static long feedForward(T5Config config, int block) {
    Width w = config.width();
    int matrices = config.conventions().feedForward() == FeedForwardKind.RELU ? 2 : 3;
    long router = config.isSparse(block) ? 2L * w.embed() * config.experts() : 0;
    return 2L * matrices * w.embed() * w.mlp() + router;
  }
}
