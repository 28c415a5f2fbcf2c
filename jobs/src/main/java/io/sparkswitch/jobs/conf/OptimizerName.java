package io.sparkswitch.jobs.conf;

/** The optimizers there are. */
public enum OptimizerName {
  ADAFACTOR,
  ADAMW
}
