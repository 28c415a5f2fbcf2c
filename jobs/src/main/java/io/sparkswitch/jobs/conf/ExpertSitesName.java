package io.sparkswitch.jobs.conf;

/** What the experts of a sparse layer replace. */
public enum ExpertSitesName {
  /** The feed-forward. */
  FEED_FORWARD,
  /** What makes queries, keys and values of self-attention. */
  ATTENTION,
  /** Both. */
  BOTH
}
