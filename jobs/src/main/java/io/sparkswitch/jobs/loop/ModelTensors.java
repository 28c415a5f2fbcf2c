package io.sparkswitch.jobs.loop;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import io.sparkswitch.model.checkpoint.CheckpointReader;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.pytorch.Tensor;

/** Parameters and optimizer state under the names they have in a checkpoint. */
final class ModelTensors {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ModelTensors() {}

  static Map<String, Tensor> of(Parameters parameters, Map<String, Tensor> state) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    for (ParameterSpec spec : parameters.specs()) {
      all.put(spec.name(), parameters.value(spec.name()));
    }
    all.putAll(state);
    return all;
  }

  /** An optimizer's state begins anew where the checkpoint has none. */
  static void read(
      Committed checkpoint, Configuration hadoop, Parameters parameters, Map<String, Tensor> state)
      throws IOException {
    Map<String, Tensor> saved = ImportedCheckpoint.is(checkpoint.manifest()) ? Map.of() : state;
    CheckpointReader.read(checkpoint, hadoop, of(parameters, saved));
  }

  static byte[] toJson(Shard shard) throws IOException {
    return JSON.writeValueAsBytes(shard);
  }

  static Shard shard(byte[] json) throws IOException {
    return JSON.readValue(json, Shard.class);
  }
}
