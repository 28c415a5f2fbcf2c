package io.sparkswitch.jobs.conf;

/** What a student makes of the mass that its targets do not name tokens for. */
public enum RemainderName {
  /** The probability that it is any of the other tokens. */
  ONE_EVENT,
  /** An equal part for each of the other tokens. */
  SPREAD
}
