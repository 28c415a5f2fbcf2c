package io.sparkswitch.model.moe;

import java.util.Arrays;

/**
 * What a sparse layer did, as sums over tokens, so that ranks and steps add up.
 *
 * @param layer e.g. {@code encoder.1}
 * @param tokens real tokens routed
 * @param dropped tokens that no expert computed
 * @param confidence sum of the chosen experts' probabilities
 * @param auxiliaryLoss the load-balancing loss without its factor, this rank's share
 * @param expertTokens {@code [experts]}: first choices, before capacity
 */
public record LayerMetrics(
    String layer,
    long tokens,
    long dropped,
    double confidence,
    double auxiliaryLoss,
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
        sum);
  }

  public double fractionTokensLeftBehind() {
    return tokens == 0 ? 0 : (double) dropped / tokens;
  }

  public double routerConfidence() {
    return tokens == 0 ? 0 : confidence / tokens;
  }

  /** Share of the tokens that chose each expert. */
  public double[] expertUsage() {
    return Arrays.stream(expertTokens)
        .mapToDouble(n -> tokens == 0 ? 0 : (double) n / tokens)
        .toArray();
  }
}
