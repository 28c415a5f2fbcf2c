package io.sparkswitch.model.optim;

import java.util.Locale;

/**
 * Learning rate by step.
 *
 * @param kind the law
 * @param peak highest rate; ignored by T5's own law
 * @param steps length of the run, S
 */
public record Schedule(Kind kind, double peak, long steps) {
  private static final double T5_WARMUP = 10_000;
  private static final double DECAY_SHARE = 0.15;

  public Schedule {
    if (steps < 1) {
      throw new IllegalArgumentException("steps is %d, must be at least 1".formatted(steps));
    }
    if (kind != Kind.T5 && !(peak > 0)) {
      throw new IllegalArgumentException("peak rate is %s, must be above 0".formatted(peak));
    }
  }

  /** The laws. */
  public enum Kind {
    /** 1 / √max(t, 10,000). */
    T5,
    /** peak · min(t/w, √(w/t)) · min(1, (S − t) / (0.15 · S)), w = max(50, S/20). */
    SHORT,
    /** peak. */
    CONSTANT;

    public static Kind of(String name) {
      return valueOf(name.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * @param t number of the update, from 1
   */
  public double rate(long t) {
    return switch (kind) {
      case T5 -> 1 / Math.sqrt(Math.max((double) t, T5_WARMUP));
      case CONSTANT -> peak;
      case SHORT -> {
        double w = Math.max(50, steps / 20.0);
        double rise = Math.min(t / w, Math.sqrt(w / t));
        yield peak * rise * Math.max(0, Math.min(1, (steps - t) / (DECAY_SHARE * steps)));
      }
    };
  }
}
