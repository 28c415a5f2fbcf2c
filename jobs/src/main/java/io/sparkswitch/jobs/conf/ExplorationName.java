package io.sparkswitch.jobs.conf;

/** Noise of the router in training. */
public enum ExplorationName {
  /** The router's input times a uniform draw. */
  INPUT_JITTER,
  /** None. */
  ARGMAX,
  /** Experts drawn from the router's distribution. */
  SAMPLE_SOFTMAX,
  /** Dropout on the router's input. */
  INPUT_DROPOUT
}
