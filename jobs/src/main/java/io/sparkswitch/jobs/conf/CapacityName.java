package io.sparkswitch.jobs.conf;

/** How an expert's capacity follows from the group. */
public enum CapacityName {
  /** An even share times the factor, rounded up. */
  CEIL,
  /** The same, rounded down. */
  FLOOR,
  /** A number. */
  FIXED
}
