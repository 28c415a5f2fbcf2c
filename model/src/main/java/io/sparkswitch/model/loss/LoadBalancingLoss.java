package io.sparkswitch.model.loss;

import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * The auxiliary loss of a sparse layer, experts × Σ f·P (paper equations 4 to 6), per routing group
 * and then averaged over the groups weighted by their real tokens. f, the share of first choices
 * before capacity, carries no gradient.
 */
public final class LoadBalancingLoss {
  private LoadBalancingLoss() {}

  /**
   * @param probabilities {@code <float>[tokens, experts]}
   * @param expertIndex {@code [tokens]}: first choices, ignored at padding
   * @return scalar: the share of the groups at hand in the whole batch's loss
   */
  public static Tensor apply(Tensor probabilities, int[] expertIndex, TokenGroups groups) {
    int experts = Math.toIntExact(probabilities.size(1));
    // The loss is linear in P: Σ over tokens and experts of coefficient × probability.
    double[] coefficients = new double[groups.tokens() * experts];
    for (int g = 0; g < groups.groups(); g++) {
      int tokens = groups.realTokens(g);
      if (tokens == 0) {
        continue;
      }
      int[] first = new int[experts];
      for (int t = groups.start(g); t < groups.start(g + 1); t++) {
        if (groups.real()[t]) {
          first[expertIndex[t]]++;
        }
      }
      // weight of the group (tokens / all) × experts × f (first / tokens) × 1 / tokens of the mean
      // P
      double scale = (double) experts / ((double) groups.globalTokens() * tokens);
      for (int t = groups.start(g); t < groups.start(g + 1); t++) {
        if (groups.real()[t]) {
          for (int e = 0; e < experts; e++) {
            coefficients[t * experts + e] = (scale * first[e]);
          }
        }
      }
    }
    Tensor weights = Tensors.doubles(coefficients, groups.tokens(), experts);
    Tensor exact = Tensors.exact(probabilities);
    return exact.mul(weights.to(exact.scalar_type())).sum();
  }
}
