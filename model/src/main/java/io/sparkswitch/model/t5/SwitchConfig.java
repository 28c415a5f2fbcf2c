package io.sparkswitch.model.t5;

import io.sparkswitch.model.moe.RoutingRule;

/**
 * The sparse layers of a Switch Transformer (paper section 2).
 *
 * @param experts number of experts in each sparse layer
 * @param blocks which blocks have experts
 * @param sites what the experts replace there
 * @param training how tokens are routed in training
 * @param grouping which tokens are routed together
 */
public record SwitchConfig(
    int experts, SparseBlocks blocks, ExpertSites sites, RoutingRule training, Grouping grouping) {

  public SwitchConfig {
    if (experts < 1) {
      throw new IllegalArgumentException("experts is %d, must be at least 1".formatted(experts));
    }
    if (training.selection().choices() > experts) {
      throw new IllegalArgumentException(
          "a token has %d choices of %d experts: at most one of each"
              .formatted(training.selection().choices(), experts));
    }
  }

  /** Experts in place of feed-forwards. */
  public static SwitchConfig feedForward(
      int experts, SparseBlocks blocks, RoutingRule training, int groupSequences) {
    return new SwitchConfig(
        experts, blocks, ExpertSites.FEED_FORWARD, training, Grouping.of(groupSequences));
  }
}
