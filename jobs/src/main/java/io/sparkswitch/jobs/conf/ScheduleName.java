package io.sparkswitch.jobs.conf;

/** The learning rate over steps t. */
public enum ScheduleName {
  /** {@code 1 / sqrt(max(t, 10000))}. */
  T5,
  /** {@code peak * min(t/w, sqrt(w/t)) * min(1, (S-t)/(0.15 S))}, {@code w = max(50, S/20)}. */
  SHORT,
  /** The peak rate throughout. */
  CONSTANT
}
