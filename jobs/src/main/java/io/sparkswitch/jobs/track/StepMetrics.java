package io.sparkswitch.jobs.track;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One interval of a training: a line of {@code metrics.jsonl} and of the console.
 *
 * @param step the step the interval ends with, from 1
 * @param loss cross-entropy alone, nats per target token, mean over the interval
 * @param auxiliaryLoss what the auxiliary terms add to the loss, mean over the interval
 * @param learningRate of the last step
 * @param throughput how fast the interval went
 * @param validationLoss nats per target token; empty where nothing was evaluated
 * @param layers the sparse layers by name, {@code encoder.1}; empty for a dense model
 */
public record StepMetrics(
    long step,
    double loss,
    double auxiliaryLoss,
    double learningRate,
    Throughput throughput,
    OptionalDouble validationLoss,
    Map<String, LayerSummary> layers) {

  /**
   * How fast an interval went; NaN for what an older log does not tell.
   *
   * @param tokensPerSecond real tokens, encoder and decoder together
   * @param exchangeSecondsPerStep seconds of a step in which a rank moved tensors or waited for
   *     others', mean over the ranks
   * @param shareOfGemmPeak floating point operations a second of the model's matrix products, as a
   *     share of what plain products reach on these executors
   */
  public record Throughput(
      double tokensPerSecond,
      double secondsPerStep,
      double exchangeSecondsPerStep,
      double shareOfGemmPeak) {}

  public StepMetrics {
    if (step < 0) {
      throw new IllegalArgumentException("step = %d is below 0".formatted(step));
    }
    layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
  }

  /** Mean over the sparse layers of the tokens left behind; empty for a dense model. */
  public OptionalDouble fractionTokensLeftBehind() {
    return layers.values().stream().mapToDouble(LayerSummary::fractionTokensLeftBehind).average();
  }

  /**
   * How far from balanced the worst balanced sparse layer is: tokens of its busiest expert, as a
   * multiple of the mean; empty for a dense model.
   */
  public OptionalDouble loadImbalance() {
    return layers.values().stream().mapToDouble(LayerSummary::loadImbalance).max();
  }

  /**
   * All plain numbers by the names they have in the log. Of the layers {@code name} is over all of
   * them, {@code name/encoder.1} one's.
   */
  public Map<String, Double> scalars() {
    Map<String, Double> scalars = new LinkedHashMap<>();
    JsonNode line = toTree();
    line.properties()
        .forEach(
            field -> {
              if (field.getValue().isNumber() && !field.getKey().equals("step")) {
                scalars.put(field.getKey(), field.getValue().doubleValue());
              }
            });
    for (var layer : line.path("layers").properties()) {
      for (var field : layer.getValue().properties()) {
        if (field.getValue().isNumber()) {
          scalars.put(field.getKey() + "/" + layer.getKey(), field.getValue().doubleValue());
        }
      }
    }
    return scalars;
  }

  /** One line, without its end. Numbers that are not finite become null. */
  public String toJson() {
    return toTree().toString();
  }

  private ObjectNode toTree() {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("step", step);
    Json.put(node, "loss", loss);
    Json.put(node, "auxiliaryLoss", auxiliaryLoss);
    Json.put(node, "learningRate", learningRate);
    Json.put(node, "tokensPerSecond", throughput.tokensPerSecond());
    Json.put(node, "secondsPerStep", throughput.secondsPerStep());
    Json.put(node, "exchangeSecondsPerStep", throughput.exchangeSecondsPerStep());
    Json.put(node, "shareOfGemmPeak", throughput.shareOfGemmPeak());
    validationLoss.ifPresent(value -> Json.put(node, "validationLoss", value));
    fractionTokensLeftBehind()
        .ifPresent(value -> Json.put(node, "fractionTokensLeftBehind", value));
    loadImbalance().ifPresent(value -> Json.put(node, "loadImbalance", value));
    if (!layers.isEmpty()) {
      ObjectNode byName = node.putObject("layers");
      layers.forEach((name, layer) -> byName.set(name, layer.toJson()));
    }
    return node;
  }

  /**
   * @throws IllegalArgumentException if the line is not one that {@link #toJson} wrote
   */
  public static StepMetrics fromJson(String line) {
    JsonNode node = parse(line);
    Map<String, LayerSummary> layers = new LinkedHashMap<>();
    node.path("layers")
        .properties()
        .forEach(layer -> layers.put(layer.getKey(), LayerSummary.fromJson(layer.getValue())));
    return new StepMetrics(
        node.path("step").longValue(),
        Json.number(node.path("loss")),
        Json.number(node.path("auxiliaryLoss")),
        Json.number(node.path("learningRate")),
        new Throughput(
            Json.number(node.path("tokensPerSecond")),
            Json.number(node.path("secondsPerStep")),
            Json.number(node.path("exchangeSecondsPerStep")),
            Json.number(node.path("shareOfGemmPeak"))),
        node.has("validationLoss")
            ? OptionalDouble.of(Json.number(node.path("validationLoss")))
            : OptionalDouble.empty(),
        layers);
  }

  private static JsonNode parse(String line) {
    try {
      JsonNode node = Json.MAPPER.readTree(line);
      if (node.path("step").isIntegralNumber()) {
        return node;
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a line of metrics: " + line, e);
    }
    throw new IllegalArgumentException("not a line of metrics, it has no step: " + line);
  }
}
