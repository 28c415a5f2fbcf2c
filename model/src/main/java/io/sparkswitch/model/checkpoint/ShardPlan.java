package io.sparkswitch.model.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Tensors cut into files, in their order.
 *
 * @param shards at least one
 */
record ShardPlan(List<List<TensorSpec>> shards) {
  ShardPlan {
    shards = shards.stream().map(List::copyOf).toList();
  }

  /**
   * @param maxBytes tensor bytes of a shard; a larger tensor has a shard of its own
   */
  static ShardPlan of(List<TensorSpec> specs, long maxBytes) {
    if (specs.isEmpty() || maxBytes < 1) {
      throw new IllegalArgumentException(
          "%d tensors in shards of %d bytes".formatted(specs.size(), maxBytes));
    }
    List<List<TensorSpec>> shards = new ArrayList<>();
    long bytes = 0;
    for (TensorSpec spec : specs) {
      if (shards.isEmpty() || bytes + spec.bytes() > maxBytes) {
        shards.add(new ArrayList<>());
        bytes = 0;
      }
      shards.get(shards.size() - 1).add(spec);
      bytes += spec.bytes();
    }
    return new ShardPlan(shards);
  }

  /** The name that Hugging Face gives a file, e.g. {@code model-00001-of-00003.safetensors}. */
  String name(int shard) {
    return shards.size() == 1
        ? HuggingFaceFolder.SINGLE
        : String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", shard + 1, shards.size());
  }

  List<String> names() {
    return IntStream.range(0, shards.size()).mapToObj(this::name).toList();
  }

  HuggingFaceIndex index() {
    Map<String, String> weightMap = new LinkedHashMap<>();
    long total = 0;
    for (int i = 0; i < shards.size(); i++) {
      for (TensorSpec spec : shards.get(i)) {
        weightMap.put(spec.name(), name(i));
        total += spec.bytes();
      }
    }
    return new HuggingFaceIndex(total, weightMap);
  }
}
