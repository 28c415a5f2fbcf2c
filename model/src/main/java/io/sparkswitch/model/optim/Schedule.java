package io.sparkswitch.model.optim;

/**
 * Learning rate by step.
 *
 * @param kind the law
 * @param peak highest rate; ignored by the laws that have their own
 * @param warmup steps that the rate rises for, w; ignored by all but the linear law
 * @param steps length of the run, S
 */
public record Schedule(Kind kind, double peak, long warmup, long steps) {
  private static final double T5_WARMUP = 10_000;
  private static final double DECAY_SHARE = 0.15;
  private static final double RELATIVE_PEAK = 1e-2;
  private static final double RELATIVE_RISE = 1e-6;

  public Schedule {
    if (steps < 1) {
      throw new IllegalArgumentException("steps is %d, must be at least 1".formatted(steps));
    }
    if (kind.hasPeak() && !(peak > 0)) {
      throw new IllegalArgumentException("peak rate is %s, must be above 0".formatted(peak));
    }
    if (kind == Kind.LINEAR && (warmup < 0 || warmup >= steps)) {
      throw new IllegalArgumentException(
          "warm-up is %d steps, must be from 0 to below the run's %d".formatted(warmup, steps));
    }
  }

  /** The laws. */
  public enum Kind {
    /** 1 / √max(t, 10,000). */
    T5,
    /** peak · min(t/w, √(w/t)) · min(1, (S − t) / (0.15 · S)), w = max(50, S/20). */
    SHORT,
    /** peak · t/w up to w, then peak · (S − t) / (S − w). */
    LINEAR,
    /** peak. */
    CONSTANT,
    /** Adafactor's own relative step, min(10⁻², 1/√t) (its section 8). */
    RELATIVE,
    /** The same with a slow start, min(10⁻⁶ · t, 1/√t). */
    RELATIVE_WARMUP;

    boolean hasPeak() {
      return this == SHORT || this == LINEAR || this == CONSTANT;
    }

    /** Whether a step's rate depends on the length of the run. */
    public boolean knowsTheEnd() {
      return this == SHORT || this == LINEAR;
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
      case LINEAR ->
          t <= warmup
              ? peak * t / warmup
              : peak * Math.max(0, steps - t) / (double) (steps - warmup);
      case RELATIVE -> Math.min(RELATIVE_PEAK, 1 / Math.sqrt((double) t));
      case RELATIVE_WARMUP -> Math.min(RELATIVE_RISE * t, 1 / Math.sqrt((double) t));
    };
  }
}
