package io.sparkswitch.model.checkpoint;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.source.InputException;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * {@code model.safetensors.index.json}: which shard holds which tensor.
 *
 * @param totalSize bytes of all tensors
 * @param weightMap shard by tensor name, in the order of the file
 */
record HuggingFaceIndex(long totalSize, Map<String, String> weightMap) {
  static final String FILE = "model.safetensors.index.json";

  /** A file beside the index: no folder, no way out of the one it lies in. */
  private static final Pattern SHARD = Pattern.compile("[\\w-][\\w.-]*\\.safetensors");

  private static final JsonMapper JSON =
      JsonMapper.builder(StrictJson.FACTORY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  HuggingFaceIndex {
    weightMap = Collections.unmodifiableMap(new LinkedHashMap<>(weightMap));
  }

  /** The shards in the order in which the index first names them. */
  List<String> shards() {
    return weightMap.values().stream().distinct().toList();
  }

  /**
   * @param where the file, for errors
   * @throws InputException if it is no index, or names a shard that is not a plain file name
   */
  static HuggingFaceIndex parse(String where, String json) {
    JsonNode weights;
    long size;
    try {
      JsonNode root = JSON.readTree(json);
      weights = root.path("weight_map");
      size = root.path("metadata").path("total_size").asLong();
    } catch (IOException e) {
      throw new InputException("%s is no JSON: %s".formatted(where, StrictJson.message(e)), e);
    }
    if (!weights.isObject() || weights.isEmpty()) {
      throw new InputException("%s has no weight_map that names tensors".formatted(where));
    }
    Map<String, String> map = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : weights.properties()) {
      String shard = field.getValue().isTextual() ? field.getValue().textValue() : "";
      if (!SHARD.matcher(shard).matches()) {
        throw new InputException(
            "%s puts tensor %s in %s, which is no name of a safetensors file beside it"
                .formatted(where, field.getKey(), field.getValue()));
      }
      map.put(field.getKey(), shard);
    }
    return new HuggingFaceIndex(size, map);
  }

  String toJson() {
    ObjectNode root = JSON.createObjectNode();
    root.putObject("metadata").put("total_size", totalSize);
    ObjectNode weights = root.putObject("weight_map");
    weightMap.forEach(weights::put);
    return root.toPrettyString() + "\n";
  }
}
