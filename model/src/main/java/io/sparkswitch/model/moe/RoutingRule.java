package io.sparkswitch.model.moe;

/**
 * How tokens are routed in a pass.
 *
 * @param selection which experts a token asks for
 * @param capacity how many tokens an expert takes
 * @param exploration noise of the router
 * @param losses what the router adds to the loss
 */
public record RoutingRule(
    Selection selection, Capacity capacity, Exploration exploration, RouterLossFactors losses) {

  /** Switch routing without noise or losses; nothing is dropped. */
  public static RoutingRule dropless() {
    return top1(Capacity.dropless());
  }

  /** Switch routing without noise or losses. */
  public static RoutingRule top1(Capacity capacity) {
    return new RoutingRule(
        Selection.topK(1), capacity, Exploration.argmax(), RouterLossFactors.none());
  }

  /** The same selection without noise or losses: evaluation, soft targets, generation. */
  public RoutingRule inference(Capacity other) {
    return new RoutingRule(selection, other, Exploration.argmax(), RouterLossFactors.none());
  }

  /** Slots an expert has for a group of {@code groupTokens} real tokens. */
  int capacity(int groupTokens, int experts) {
    return capacity.of(groupTokens, experts, selection.expertsPerToken());
  }
}
