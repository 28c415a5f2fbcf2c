package io.sparkswitch.model.optim;

import java.util.OptionalDouble;

/**
 * Adafactor's constants (Shazeer and Stern 2018, as T5 uses it).
 *
 * @param statistics how squared gradients are averaged
 * @param clipThreshold the update's root mean square is clipped to it
 * @param leastScale ε₂: the rate is multiplied by the parameter's root mean square, at least this;
 *     empty = the rate is absolute
 * @param beta1 decay of the average of scaled updates that is subtracted in their place; 0 = none
 * @param weightDecay share of the scaled rate that each parameter loses first; 0 = none
 */
public record AdafactorSettings(
    Statistics statistics,
    double clipThreshold,
    OptionalDouble leastScale,
    double beta1,
    double weightDecay) {

  public AdafactorSettings {
    if (!(clipThreshold > 0)) {
      throw new IllegalArgumentException(
          "clipThreshold is %s, must be above 0".formatted(clipThreshold));
    }
    if (leastScale.isPresent() && !(leastScale.getAsDouble() > 0)) {
      throw new IllegalArgumentException(
          "leastScale is %s, must be above 0".formatted(leastScale.getAsDouble()));
    }
    if (!(beta1 >= 0 && beta1 < 1)) {
      throw new IllegalArgumentException("beta1 is %s, must be in [0, 1)".formatted(beta1));
    }
    if (!(weightDecay >= 0)) {
      throw new IllegalArgumentException(
          "weightDecay is %s, must be 0 or more".formatted(weightDecay));
    }
  }

  /**
   * How squared gradients are averaged.
   *
   * @param factoredFrom both sides of a matrix must be at least this long for factored statistics
   * @param decayExponent β₂ = 1 − t^−decayExponent
   * @param epsilon ε₁, added to squared gradients
   */
  public record Statistics(int factoredFrom, double decayExponent, double epsilon) {
    public Statistics {
      if (factoredFrom < 0) {
        throw new IllegalArgumentException(
            "factoredFrom is %d, must be at least 0".formatted(factoredFrom));
      }
      if (!(decayExponent > 0)) {
        throw new IllegalArgumentException(
            "decayExponent is %s, must be above 0".formatted(decayExponent));
      }
      if (!(epsilon > 0)) {
        throw new IllegalArgumentException("epsilon is %s, must be above 0".formatted(epsilon));
      }
    }

    /** 0 at t = 1. */
    double beta2(long t) {
      return 1 - Math.pow((double) t, -decayExponent);
    }
  }

  /** T5's own: factored from 128 up, scaled by the parameter, neither momentum nor decay. */
  public static AdafactorSettings t5() {
    return new AdafactorSettings(
        new Statistics(128, 0.8, 1e-30), 1.0, OptionalDouble.of(1e-3), 0, 0);
  }
}
