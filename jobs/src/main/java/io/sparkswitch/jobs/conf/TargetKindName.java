package io.sparkswitch.jobs.conf;

/** What is kept of a teacher's distribution. */
public enum TargetKindName {
  /** All of it. */
  FULL,
  /** The likeliest tokens, and the mass of all others. */
  TOP_K,
  /** Draws with replacement. */
  SAMPLED
}
