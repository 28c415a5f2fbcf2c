package io.sparkswitch.model.moe;

/**
 * How tokens are routed in a pass.
 *
 * @param capacityFactor capacity = ceil(tokens / experts × factor) per group; infinite: dropless
 * @param jitterNoise ε of the router's input noise; 0 outside training
 * @param auxiliaryLossFactor α; 0 outside training
 */
public record RoutingRule(double capacityFactor, double jitterNoise, double auxiliaryLossFactor) {

  /** Nothing is dropped and nothing is random: evaluation, soft targets, generation. */
  public static RoutingRule dropless() {
    return new RoutingRule(Double.POSITIVE_INFINITY, 0, 0);
  }

  /** Routing with a capacity but without noise. */
  public static RoutingRule withCapacity(double capacityFactor) {
    return new RoutingRule(capacityFactor, 0, 0);
  }

  /** Tokens an expert takes from a group of {@code tokens} (paper equation 3). */
  public int capacity(int tokens, int experts) {
    if (Double.isInfinite(capacityFactor)) {
      return Integer.MAX_VALUE;
    }
    double exact = tokens * capacityFactor / experts;
    // A factor such as 1.1 is no binary fraction: its rounding error must not buy a slot.
    return (int) Math.ceil(exact - 1e-9 * Math.max(1, exact));
  }
}
