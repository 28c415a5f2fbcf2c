package io.sparkswitch.model.t5;

import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;

/**
 * Floating point operations of a forward pass: 2·m·n·k of every matrix product. With top-1 routing
 * a token visits one expert, so a Switch model costs what its dense twin costs, and its routers.
 */
public final class GemmFlops {
  private final T5Config config;
  private final Width width;

  private GemmFlops(T5Config config) {
    this.config = config;
    this.width = config.width();
  }

  /** Of one sequence with {@code encoderLength} inputs and {@code decoderLength} targets. */
  public static long forward(T5Config config, long encoderLength, long decoderLength) {
    GemmFlops flops = new GemmFlops(config);
    Width w = config.width();
    long sum = 2L * decoderLength * w.embed() * config.vocab();
    for (int block = 0; block < config.encoderLayers(); block++) {
      sum += encoderLength * flops.token(StackKind.ENCODER, block);
      sum += 4 * encoderLength * encoderLength * w.inner();
    }
    for (int block = 0; block < config.decoderLayers(); block++) {
      sum += decoderLength * (flops.token(StackKind.DECODER, block) + 2 * flops.projection());
      sum += encoderLength * 2 * flops.projection();
      sum += 4 * decoderLength * (decoderLength + encoderLength) * w.inner();
    }
    return sum;
  }

  private long projection() {
    return 2L * width.embed() * width.inner();
  }

  /** Of a token in a block's self-attention, without scores, and feed-forward. */
  private long token(StackKind stack, int block) {
    return selfAttention(stack, block) + feedForward(stack, block);
  }

  private long selfAttention(StackKind stack, int block) {
    if (!config.hasSparseAttention(stack, block)) {
      return 4 * projection();
    }
    // Queries, shared keys and values, output.
    return 2 * (router() + visits() * projection()) + projection();
  }

  private long feedForward(StackKind stack, int block) {
    int matrices = config.conventions().feedForward() == FeedForwardKind.RELU ? 2 : 3;
    long one = 2L * matrices * width.embed() * width.mlp();
    return config.hasSparseFeedForward(stack, block) ? router() + visits() * one : one;
  }

  private long router() {
    return 2L * width.embed() * config.experts();
  }

  private long visits() {
    return config.training().selection().expertsPerToken();
  }
}
