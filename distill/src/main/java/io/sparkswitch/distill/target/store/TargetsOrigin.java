package io.sparkswitch.distill.target.store;

import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.model.checkpoint.CheckpointManifest;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What soft targets are a function of, besides their settings.
 *
 * @param teacherDigest of the teacher's checkpoint
 * @param vocabularyDigest of the vocabulary's {@code .model}
 * @param stream the sequences
 */
public record TargetsOrigin(String teacherDigest, String vocabularyDigest, StreamOrigin stream)
    implements Serializable {

  /** Digest of a checkpoint: of its step and its shards' contents. */
  public static String digestOf(CheckpointManifest teacher) {
    String shards =
        teacher.shards().stream()
            .map(CheckpointManifest.Shard::sha256)
            .sorted()
            .collect(Collectors.joining("\n"));
    return Digests.of((teacher.step() + "\n" + shards).getBytes(StandardCharsets.UTF_8));
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("teacher digest", teacherDigest);
    fields.put("vocabulary digest", vocabularyDigest);
    fields.putAll(stream.fields());
    return fields;
  }
}
