package io.sparkswitch.model.tensor;

/** What a part of a training step is for. */
public enum Phase {
  /** Self-attention and cross-attention, with their norms. */
  ATTENTION,
  /** Feed-forwards, those of experts too. */
  FEED_FORWARD,
  /** Routers, and the movement of rows to experts and back. */
  ROUTING,
  /** Output projection and loss. */
  OUTPUT,
  OPTIMIZER,
  /** Embedding, final norms, sums of gradients. */
  OTHER
}
