package io.sparkswitch.model.t5;

/**
 * The sparse layers of a Switch Transformer (paper section 2).
 *
 * @param experts number of experts in each sparse layer
 * @param every every how many blocks the feed-forward is sparse: blocks i with i % every == every-1
 * @param capacityFactor capacity = ceil(tokens / experts × factor) per routing group, in training
 * @param auxiliaryLossFactor α of the load-balancing loss
 * @param jitterNoise ε: the router's input is multiplied by U(1 − ε, 1 + ε) in training
 * @param groupSequences sequences of a routing group; 0 is the whole batch
 */
public record SwitchConfig(
    int experts,
    int every,
    double capacityFactor,
    double auxiliaryLossFactor,
    double jitterNoise,
    int groupSequences) {

  public SwitchConfig {
    require(experts >= 1, "experts", experts, "at least 1");
    require(every >= 1, "every", every, "at least 1");
    require(capacityFactor > 0, "capacityFactor", capacityFactor, "above 0");
    require(auxiliaryLossFactor >= 0, "auxiliaryLossFactor", auxiliaryLossFactor, "at least 0");
    require(jitterNoise >= 0 && jitterNoise < 1, "jitterNoise", jitterNoise, "in [0, 1)");
    require(groupSequences >= 0, "groupSequences", groupSequences, "at least 0");
  }

  public boolean isSparse(int block) {
    return block % every == every - 1;
  }

  private static void require(boolean valid, String name, Object value, String allowed) {
    if (!valid) {
      throw new IllegalArgumentException("%s is %s, must be %s".formatted(name, value, allowed));
    }
  }
}
