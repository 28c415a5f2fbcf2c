package io.sparkswitch.model.t5;

import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;

/**
 * Sizes of the matrices of one block: what is counted of parameters and of floating point
 * operations is sums of these.
 *
 * @param always met by every token: attention, feed-forward, without routers
 * @param routers of the block
 * @param expert of one of its experts
 */
record BlockWeights(long always, long routers, long expert) {

  static BlockWeights of(T5Config config, StackKind stack, int block) {
    Width w = config.width();
    long projection = projection(w);
    long router = (long) w.embed() * config.experts();
    long feedForward = feedForward(config);
    BlockWeights self =
        config.hasSparseAttention(stack, block)
            // The experts make queries and, with a router of their own, keys and values.
            ? new BlockWeights(projection, 2 * router, 2 * projection)
            : new BlockWeights(4 * projection, 0, 0);
    BlockWeights cross = new BlockWeights(stack == StackKind.DECODER ? 4 * projection : 0, 0, 0);
    BlockWeights last =
        config.hasSparseFeedForward(stack, block)
            ? new BlockWeights(0, router, feedForward)
            : new BlockWeights(feedForward, 0, 0);
    return self.plus(cross).plus(last);
  }

  /** One of the four matrices of an attention. */
  static long projection(Width width) {
    return (long) width.embed() * width.inner();
  }

  /** The matrices of a feed-forward, an expert's or a dense one. */
  static long feedForward(T5Config config) {
    return matrices(config.conventions().feedForward())
        * config.width().embed()
        * config.width().mlp();
  }

  private static long matrices(FeedForwardKind kind) {
    return kind == FeedForwardKind.RELU ? 2 : 3;
  }

  private BlockWeights plus(BlockWeights other) {
    return new BlockWeights(always + other.always, routers + other.routers, expert + other.expert);
  }

  /** Weights that compute a token, without routers. */
  long active(int expertsPerToken) {
    return always + expertsPerToken * expert;
  }
}
