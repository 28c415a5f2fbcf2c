package io.sparkswitch.jobs.conf;

/** What is computed how precisely. */
public enum PrecisionName {
  /** Everything in float64, parameters and the loss too. */
  FLOAT64,
  /** Everything in float32. */
  FLOAT32,
  /** Everything in bfloat16. */
  BFLOAT16,
  /** bfloat16, but the router in float32. */
  SELECTIVE
}
