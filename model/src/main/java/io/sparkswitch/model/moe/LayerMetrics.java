package io.sparkswitch.model.moe;

import java.util.Arrays;

/**
 * What a sparse layer did, as sums over tokens, so that ranks and steps add up.
 *
 * @param layer e.g. {@code encoder.1}
 * @param tokens real tokens routed
 * @param dropped tokens that no expert computed
 * @param confidence sum of the first choices' probabilities
 * @param auxiliaryLoss the load-balancing loss without its factor, this rank's share
 * @param routerZLoss the router z-loss without its factor, this rank's share
 * @param expertTokens {@code [experts]}: first choices, before capacity
 */
public record LayerMetrics(
    String layer,
    long tokens,
    long dropped,
    double confidence,
    double auxiliaryLoss,
    double routerZLoss,
    long[] expertTokens) {

  public LayerMetrics plus(LayerMetrics other) {
    if (!layer.equals(other.layer) || expertTokens.length != other.expertTokens.length) {
      throw new IllegalArgumentException("cannot add %s to %s".formatted(other.layer, layer));
    }
    long[] sum = expertTokens.clone();
    Arrays.setAll(sum, e -> expertTokens[e] + other.expertTokens[e]);
    return new LayerMetrics(
        layer,
        tokens + other.tokens,
        dropped + other.dropped,
        confidence + other.confidence,
        auxiliaryLoss + other.auxiliaryLoss,
        routerZLoss + other.routerZLoss,
        sum);
  }

  public double fractionTokensLeftBehind() {
    return tokens == 0 ? 0 : (double) dropped / tokens;
  }

  public double routerConfidence() {
    return tokens == 0 ? 0 : confidence / tokens;
  }

  /** Share of the tokens whose first choice each expert was. */
  public double[] expertUsage() {
    return Arrays.stream(expertTokens)
        .mapToDouble(n -> tokens == 0 ? 0 : (double) n / tokens)
        .toArray();
  }

  /** First choices of the busiest expert, as a multiple of the mean; 1 is balanced. */
  public double loadImbalance() {
    long most = Arrays.stream(expertTokens).max().orElse(0);
    return tokens == 0 ? 1 : (double) most * expertTokens.length / tokens;
  }
}
