package io.sparkswitch.jobs.track;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.model.moe.LayerMetrics;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * What one sparse layer did over an interval.
 *
 * @param fractionTokensLeftBehind share of real tokens that no expert computed, in [0, 1]
 * @param routerConfidence mean probability of the chosen expert
 * @param auxiliaryLoss load-balancing loss without its factor, mean over steps; 1 is balance
 * @param routerZLoss router z-loss without its factor, mean over steps
 * @param expertUsage share of the tokens that chose each expert, before capacity, {@code [experts]}
 */
public record LayerSummary(
    double fractionTokensLeftBehind,
    double routerConfidence,
    double auxiliaryLoss,
    double routerZLoss,
    List<Double> expertUsage) {

  public LayerSummary {
    expertUsage = List.copyOf(expertUsage);
  }

  /**
   * The means of sums.
   *
   * @param sums what the layer reported, added up over ranks and steps
   * @param steps number of steps in the sums
   */
  public static LayerSummary of(LayerMetrics sums, long steps) {
    if (steps <= 0) {
      throw new IllegalArgumentException("an interval of %d steps has no means".formatted(steps));
    }
    return new LayerSummary(
        sums.fractionTokensLeftBehind(),
        sums.routerConfidence(),
        sums.auxiliaryLoss() / steps,
        sums.routerZLoss() / steps,
        java.util.Arrays.stream(sums.expertUsage()).boxed().toList());
  }

  /** Tokens of the busiest expert, as a multiple of the mean; 1 is balance. */
  public double loadImbalance() {
    return expertUsage.size() * expertUsage.stream().mapToDouble(u -> u).max().orElse(0);
  }

  ObjectNode toJson() {
    ObjectNode node = Json.MAPPER.createObjectNode();
    Json.put(node, "fractionTokensLeftBehind", fractionTokensLeftBehind);
    Json.put(node, "routerConfidence", routerConfidence);
    ArrayNode usage = node.putArray("expertUsage");
    expertUsage.forEach(usage::add);
    Json.put(node, "loadImbalance", loadImbalance());
    Json.put(node, "auxiliaryLoss", auxiliaryLoss);
    Json.put(node, "routerZLoss", routerZLoss);
    return node;
  }

  static LayerSummary fromJson(JsonNode node) {
    return new LayerSummary(
        Json.number(node.path("fractionTokensLeftBehind")),
        Json.number(node.path("routerConfidence")),
        Json.number(node.path("auxiliaryLoss")),
        node.has("routerZLoss") ? Json.number(node.path("routerZLoss")) : 0,
        StreamSupport.stream(node.path("expertUsage").spliterator(), false)
            .map(JsonNode::doubleValue)
            .toList());
  }
}
