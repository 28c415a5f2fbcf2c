package io.sparkswitch.jobs.conf;

/** What a teacher's probabilities are rounded to. */
public enum TargetValuesName {
  /** Nothing. */
  FLOAT32,
  /** 8 bits of significand. */
  BFLOAT16,
  /** 256 numbers, evenly spaced in their logarithms. */
  EIGHT_BIT
}
