package io.sparkswitch.model.t5;

import io.sparkswitch.model.moe.SparseLayer;
import java.util.ArrayList;
import java.util.List;

/** The sparse layers of an architecture, in the order of a pass. */
public final class SparseLayers {
  private SparseLayers() {}

  /** Of the whole model: the encoder's come first. */
  public static List<SparseLayer> of(T5Config config) {
    List<SparseLayer> all = new ArrayList<>();
    for (StackKind stack : StackKind.values()) {
      all.addAll(of(config, stack));
    }
    return all;
  }

  public static List<SparseLayer> of(T5Config config, StackKind stack) {
    int embed = config.width().embed();
    int inner = config.width().inner();
    long projection = BlockWeights.projection(config.width());
    List<SparseLayer> layers = new ArrayList<>();
    for (int block = 0; block < config.layers(stack); block++) {
      String name = stack + "." + block;
      if (config.hasSparseAttention(stack, block)) {
        for (String half : List.of(".query", ".key-value")) {
          layers.add(new SparseLayer(name + half, config.experts(), embed, inner, projection));
        }
      }
      if (config.hasSparseFeedForward(stack, block)) {
        long weights = BlockWeights.feedForward(config);
        layers.add(new SparseLayer(name, config.experts(), embed, embed, weights));
      }
    }
    return layers;
  }
}
