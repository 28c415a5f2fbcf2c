package io.sparkswitch.jobs;

import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.jobs.loop.ImportedCheckpoint;
import io.sparkswitch.model.checkpoint.CheckpointFolder;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.checkpoint.CheckpointManifest;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import io.sparkswitch.model.checkpoint.SafeTensorsReader;
import io.sparkswitch.model.checkpoint.TensorSpec;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.tensor.ParameterSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The checkpoint that a fine-tuning begins with. Its parameters become the run's checkpoint of step
 * 0; its optimizer's state stays behind.
 *
 * @param parent the checkpoint
 * @param architecture of the model that is fine-tuned
 */
record StartingPoint(Committed parent, T5Config architecture) {

  /** Digest of all that the checkpoint holds. */
  String digest() {
    String shards =
        parent.manifest().shards().stream()
            .map(Shard::sha256)
            .sorted()
            .collect(Collectors.joining("\n"));
    return Digests.of(shards.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Copies the parameters, one tensor at a time.
   *
   * @throws InputException naming a parameter that the checkpoint lacks
   */
  void write(
      CheckpointFolder checkpoints,
      int attempt,
      Map<String, String> provenance,
      Configuration hadoop)
      throws IOException {
    Set<String> missing =
        ImportedCheckpoint.all(architecture)
            .map(ParameterSpec::name)
            .collect(Collectors.toCollection(HashSet::new));
    List<Shard> copies = new ArrayList<>();
    for (Shard shard : parent.manifest().shards()) {
      Path path = new Path(parent.folder(), shard.file());
      try (SafeTensorsReader reader = new SafeTensorsReader(path, hadoop)) {
        List<TensorSpec> specs = new ArrayList<>();
        for (String name : reader.names()) {
          if (missing.remove(name)) {
            specs.add(reader.spec(name));
          }
        }
        if (!specs.isEmpty()) {
          String name = "parameters-%03d".formatted(copies.size());
          copies.add(
              checkpoints.writeShard(0, attempt, name, specs, spec -> reader.read(spec.name())));
        }
      }
    }
    if (!missing.isEmpty()) {
      throw new InputException(
          "%s lacks %s: fine-tune with the model.* settings it was trained with"
              .formatted(parent.folder(), missing.stream().sorted().findFirst().orElseThrow()));
    }
    checkpoints.commit(
        new CheckpointManifest(CheckpointManifest.FORMAT_VERSION, 0, attempt, copies, provenance));
  }
}
