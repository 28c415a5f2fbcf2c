package io.sparkswitch.model.t5;

/** What the experts of a sparse block replace. */
public enum ExpertSites {
  /** The feed-forward. */
  FEED_FORWARD,
  /** The matrices of self-attention that make queries, keys and values (paper, appendix A). */
  ATTENTION,
  /** Both. */
  BOTH;

  boolean feedForward() {
    return this != ATTENTION;
  }

  boolean attention() {
    return this != FEED_FORWARD;
  }
}
