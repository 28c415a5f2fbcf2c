package io.sparkswitch.model.t5;

/**
 * What a training step computes on. Attention, dense feed-forwards and routers compute padding as
 * any token; it is never projected to logits, and sent to experts only where it is routed.
 *
 * @param sequences number of sequences
 * @param inputs encoder positions of each, padding included
 * @param targets decoder positions of each, padding included
 * @param targetTokens positions with a target, of all sequences together
 * @param expertProducts Σ over sparse layers and rows that experts compute, of the layer's {@link
 *     io.sparkswitch.model.moe.SparseLayer#expertWeights}
 */
public record Work(
    long sequences, int inputs, int targets, long targetTokens, long expertProducts) {

  /** Without padding, where no expert is full. */
  public static Work full(T5Config config, long sequences, int inputs, int targets) {
    long products = 0;
    for (StackKind stack : StackKind.values()) {
      long rows = sequences * (stack == StackKind.ENCODER ? inputs : targets);
      long visits = rows * config.training().selection().expertsPerToken();
      products +=
          SparseLayers.of(config, stack).stream()
              .mapToLong(layer -> Math.multiplyExact(visits, layer.expertWeights()))
              .sum();
    }
    return new Work(sequences, inputs, targets, sequences * targets, products);
  }
}
