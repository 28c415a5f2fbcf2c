package io.sparkswitch.model.loss;

import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * The router z-loss of a sparse layer: the mean of log²(Σ exp logits) over real tokens (Zoph et al.
 * 2022, equation 5). It keeps the router's logits small.
 */
public final class RouterZLoss {
  private RouterZLoss() {}

  /**
   * @param logits {@code <float>[tokens, experts]}
   * @return scalar: the share of the tokens at hand in the whole batch's loss
   */
  public static Tensor apply(Tensor logits, TokenGroups groups) {
    double[] weights = new double[groups.tokens()];
    for (int t = 0; t < weights.length; t++) {
      weights[t] = groups.real()[t] ? (1.0 / groups.globalTokens()) : 0;
    }
    Tensor square = Tensors.exact(logits).logsumexp(1).square(); // [tokens]
    return square.mul(Tensors.doubles(weights, weights.length).to(square.scalar_type())).sum();
  }
}
