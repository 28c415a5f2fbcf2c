package io.sparkswitch.jobs.conf;

/** What forward keeps for backward. */
public enum ActivationsName {
  /** All that backward needs. */
  KEPT,
  /** The inputs of sublayers alone; backward computes the rest once more. */
  RECOMPUTED
}
