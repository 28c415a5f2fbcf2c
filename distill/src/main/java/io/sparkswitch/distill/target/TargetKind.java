package io.sparkswitch.distill.target;

/** What is kept of a distribution. */
public enum TargetKind {
  /** Every token's probability. */
  FULL,
  /** The likeliest tokens' probabilities, and the mass of all others as one number. */
  TOP_K
}
