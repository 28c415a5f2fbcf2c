package io.sparkswitch.jobs.conf;

/** The learning rate over steps t of S. */
public enum ScheduleName {
  /** {@code 1 / sqrt(max(t, 10000))}. */
  T5,
  /** {@code peak * min(t/w, sqrt(w/t)) * min(1, (S-t)/(0.15 S))}, {@code w = max(50, S/20)}. */
  SHORT,
  /** {@code peak * t/w} up to the warm-up's end w, then {@code peak * (S-t)/(S-w)}. */
  LINEAR,
  /** The peak rate throughout. */
  CONSTANT,
  /** {@code min(0.01, 1/sqrt(t))}. */
  RELATIVE,
  /** {@code min(1e-6 t, 1/sqrt(t))}. */
  RELATIVE_WARMUP;

  /** Whether {@code optimizer.peak-learning-rate} says how high it goes. */
  boolean hasPeak() {
    return this == SHORT || this == LINEAR || this == CONSTANT;
  }
}
