package io.sparkswitch.distill.target;

/** What is kept of a distribution. */
public enum TargetKind {
  /** Every token's probability, in the order of ids. */
  FULL,
  /** The likeliest tokens' probabilities, and the mass of all others as one number. */
  TOP_K,
  /** Draws with replacement: each drawn token's share of them. Its mean is the distribution. */
  SAMPLED
}
