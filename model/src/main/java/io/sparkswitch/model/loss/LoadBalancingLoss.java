package io.sparkswitch.model.loss;

import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.tensor.Tensors;
import java.util.Arrays;
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
    Tensor exact = Tensors.exact(probabilities);
    // The loss is linear in P: Σ over tokens and experts of coefficient × probability. A matrix of
    // tokens and experts can have more entries than a Java array, a row for each group has not.
    double[] table = coefficients(expertIndex, groups, experts);
    Tensor rows = Tensors.doubles(table, groups.groups() + 1L, experts).to(exact.scalar_type());
    Tensor weights = rows.index_select(0, rowOfToken(groups)); // [tokens, experts]
    return exact.mul(weights).sum();
  }

  /**
   * Weight of the group (tokens / all) × experts × f (first / tokens) × 1 / tokens of the mean P.
   *
   * @return {@code [groups + 1, experts]}, the last row zero
   */
  static double[] coefficients(int[] expertIndex, TokenGroups groups, int experts) {
    double[] coefficients = new double[Math.multiplyExact(groups.groups() + 1, experts)];
    for (int g = 0; g < groups.groups(); g++) {
      int tokens = groups.realTokens(g);
      int[] first = new int[experts];
      for (int t = groups.start(g); t < groups.start(g + 1); t++) {
        if (groups.real()[t]) {
          first[expertIndex[t]]++;
        }
      }
      double scale = (double) experts / ((double) groups.globalTokens() * tokens);
      for (int e = 0; e < experts && tokens > 0; e++) {
        coefficients[g * experts + e] = scale * first[e];
      }
    }
    return coefficients;
  }

  /** Each token's group, {@code <int64>[tokens]}; padding has the row after the last group's. */
  private static Tensor rowOfToken(TokenGroups groups) {
    int[] rows = new int[groups.tokens()];
    Arrays.fill(rows, groups.groups());
    for (int g = 0; g < groups.groups(); g++) {
      for (int t = groups.start(g); t < groups.start(g + 1); t++) {
        rows[t] = groups.real()[t] ? g : rows[t];
      }
    }
    return Tensors.indices(rows, rows.length);
  }
}
