package io.sparkswitch.jobs.conf;

/** The feed-forward layer's form. */
public enum FeedForwardKind {
  /** {@code wo(relu(wi(x)))}, as T5 1.0. */
  RELU,
  /** {@code wo(gelu(wi_0(x)) * wi_1(x))}, as T5 1.1. */
  GATED_GELU
}
