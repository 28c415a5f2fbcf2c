package io.sparkswitch.data.shard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.data.source.InputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;

/** {@code manifest.json} of a shard folder: written once as one object, never overwritten. */
public final class ManifestFile {
  public static final String NAME = "manifest.json";

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private ManifestFile() {}

  /** Commits a shard folder. Fails if there is a manifest already. */
  public static void write(Path folder, Configuration conf, ShardManifest manifest)
      throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(manifest);
    Path path = new Path(folder, NAME);
    try (FSDataOutputStream out = path.getFileSystem(conf).create(path, false)) {
      out.write(bytes);
    }
  }

  /**
   * Reads the manifest; empty if there is none or it breaks off, both of which mean that the folder
   * was never finished.
   *
   * @throws InputException if it is whole but not one that this version reads
   */
  public static Optional<ShardManifest> read(Path folder, Configuration conf) throws IOException {
    Path path = new Path(folder, NAME);
    JsonNode tree;
    try (InputStream in = path.getFileSystem(conf).open(path)) {
      tree = JSON.readTree(in);
    } catch (FileNotFoundException | JsonProcessingException e) {
      return Optional.empty();
    }
    if (tree.isMissingNode()) {
      return Optional.empty();
    }
    int version = tree.path("schemaVersion").asInt();
    if (version != ShardSchema.VERSION) {
      throw new InputException(
          "%s has schema version %d, this sparkswitch reads %d: run prepare into another folder"
              .formatted(path, version, ShardSchema.VERSION));
    }
    try {
      return Optional.of(JSON.treeToValue(tree, ShardManifest.class));
    } catch (JsonProcessingException e) {
      throw new InputException(
          "%s is not a manifest of shards: %s".formatted(path, e.getOriginalMessage()), e);
    }
  }
}
