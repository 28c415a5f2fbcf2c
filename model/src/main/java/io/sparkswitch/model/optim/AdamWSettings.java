package io.sparkswitch.model.optim;

/**
 * AdamW's constants (Loshchilov and Hutter 2019).
 *
 * @param beta1 decay of the average of gradients
 * @param beta2 decay of the average of squared gradients
 * @param epsilon added to the root of the second moment
 * @param weightDecay share of the rate that each parameter loses first; 0 = none
 */
public record AdamWSettings(double beta1, double beta2, double epsilon, double weightDecay) {
  public AdamWSettings {
    if (!(beta1 >= 0 && beta1 < 1)) {
      throw new IllegalArgumentException("beta1 is %s, must be in [0, 1)".formatted(beta1));
    }
    if (!(beta2 >= 0 && beta2 < 1)) {
      throw new IllegalArgumentException("beta2 is %s, must be in [0, 1)".formatted(beta2));
    }
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException("epsilon is %s, must be above 0".formatted(epsilon));
    }
    if (!(weightDecay >= 0)) {
      throw new IllegalArgumentException(
          "weightDecay is %s, must be 0 or more".formatted(weightDecay));
    }
  }
}
