package io.sparkswitch.model.moe;

/**
 * Weights of the losses that a router adds to what is minimised; none is ever in the reported loss.
 *
 * @param auxiliary α of the load-balancing loss
 * @param z of the router z-loss
 * @param convention how the losses are reckoned
 */
public record RouterLossFactors(double auxiliary, double z, Convention convention) {
  /** How the losses are reckoned. */
  public enum Convention {
    /** Per layer and routing group, summed over layers; f before capacity. */
    PAPER,
    /**
     * Per sequence over all layers of a stack at once; f after capacity; z averaged over layers.
     */
    HUGGING_FACE
  }

  public RouterLossFactors {
    if (!(auxiliary >= 0) || !(z >= 0)) {
      throw new IllegalArgumentException(
          "factors of the router's losses are %s and %s, must be at least 0"
              .formatted(auxiliary, z));
    }
  }

  public static RouterLossFactors none() {
    return paper(0);
  }

  public static RouterLossFactors paper(double auxiliary) {
    return new RouterLossFactors(auxiliary, 0, Convention.PAPER);
  }
}
