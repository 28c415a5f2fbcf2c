package io.sparkswitch.model.optim;

/**
 * Adafactor's constants (Shazeer and Stern 2018, as T5 uses it).
 *
 * @param factoredFrom both sides of a matrix must be at least this long for factored statistics
 * @param clipThreshold the update's root mean square is clipped to it
 * @param decayExponent β₂ = 1 − t^−decayExponent
 * @param epsilonSquare ε₁, added to squared gradients
 * @param epsilonScale ε₂, the least parameter scale
 * @param parameterScale whether the rate is multiplied by the parameter's root mean square
 */
public record AdafactorSettings(
    int factoredFrom,
    double clipThreshold,
    double decayExponent,
    double epsilonSquare,
    double epsilonScale,
    boolean parameterScale) {

  public AdafactorSettings {
    if (factoredFrom < 0) {
      throw new IllegalArgumentException(
          "factoredFrom is %d, must be at least 0".formatted(factoredFrom));
    }
    if (clipThreshold <= 0 || decayExponent <= 0 || epsilonSquare <= 0 || epsilonScale <= 0) {
      throw new IllegalArgumentException("clip threshold, decay and epsilons must be above 0");
    }
  }

  /** T5's own: factored from 128 up, scaled by the parameter. */
  public static AdafactorSettings t5() {
    return new AdafactorSettings(128, 1.0, 0.8, 1e-30, 1e-3, true);
  }
}
