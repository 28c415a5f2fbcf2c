package io.sparkswitch.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.distill.target.store.TargetsOrigin;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.model.checkpoint.CheckpointManifest;
import io.sparkswitch.model.checkpoint.HuggingFaceFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What an exported folder was made from; no part of Hugging Face's format.
 *
 * @param text of the file
 */
record ExportMark(String text) {
  static final String FILE = "sparkswitch.json";

  /**
   * @param config the text of {@code config.json}
   */
  static ExportMark of(CheckpointManifest checkpoint, ExportOptions options, String config) {
    ObjectNode json = Json.object();
    json.put("checkpoint", TargetsOrigin.digestOf(checkpoint)).put("step", checkpoint.step());
    json.put("dtype", options.dtype()).put("maxShardBytes", options.maxShardBytes());
    json.put("config", Digests.of(config.getBytes(StandardCharsets.UTF_8)));
    ObjectNode provenance = json.putObject("provenance");
    new TreeMap<>(checkpoint.provenance()).forEach(provenance::put);
    return new ExportMark(json.toPrettyString() + "\n");
  }

  /**
   * Whether the folder already holds just this export.
   *
   * @throws UsageException if it holds another model
   */
  boolean isOn(HuggingFaceFolder folder) throws IOException {
    if (!folder.has(HuggingFaceFolder.CONFIG)) {
      return false;
    }
    if (!folder.text(FILE).equals(Optional.of(text))) {
      throw new UsageException(
          "%s holds another model: give --fresh to replace it, or another --to"
              .formatted(folder.uri()));
    }
    return true;
  }
}
