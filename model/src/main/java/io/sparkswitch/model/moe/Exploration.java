package io.sparkswitch.model.moe;

/**
 * How a router in training strays from the most probable expert (paper, appendix C). Only the
 * router sees the noise, never the experts.
 *
 * @param kind the law
 * @param noise ε of the jitter, rate of the dropout; else 0
 */
public record Exploration(Kind kind, double noise) {
  /** The laws. */
  public enum Kind {
    /** None. */
    ARGMAX,
    /** Experts are drawn from the router's distribution, without replacement. */
    SAMPLE_SOFTMAX,
    /** Dropout on the router's input. */
    INPUT_DROPOUT,
    /** The router's input is multiplied by U(1 − ε, 1 + ε). */
    INPUT_JITTER
  }

  public Exploration {
    if (!(noise >= 0 && noise < 1)) {
      throw new IllegalArgumentException(
          "the router's noise is %s, must be in [0, 1)".formatted(noise));
    }
  }

  public static Exploration argmax() {
    return new Exploration(Kind.ARGMAX, 0);
  }

  /** Jitter; none if ε is 0. */
  public static Exploration jitter(double epsilon) {
    return epsilon == 0 ? argmax() : new Exploration(Kind.INPUT_JITTER, epsilon);
  }
}
