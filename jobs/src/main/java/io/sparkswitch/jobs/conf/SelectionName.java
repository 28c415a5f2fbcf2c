package io.sparkswitch.jobs.conf;

/** Which experts a token asks for. */
public enum SelectionName {
  /** The most probable ones. */
  TOP_K,
  /** The next one where the one before is full. */
  NO_TOKEN_LEFT_BEHIND
}
