package io.sparkswitch.data.shard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.data.source.InputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * {@code _manifests/000001.json} and following of a shard folder: each written once, as a whole.
 */
public final class ManifestFile {
  /** The folder of the manifests, in the shard folder. */
  public static final String FOLDER = "_manifests";

  static final String FIRST_VERSION_NAME = "manifest.json";

  private static final Pattern NAME = Pattern.compile("\\d{6,}\\.json");
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private ManifestFile() {}

  /** Commits a manifest. */
  public static void write(Path folder, Configuration conf, ShardManifest manifest)
      throws IOException {
    Path path = path(folder, manifest.number());
    if (path.getFileSystem(conf).exists(path)) {
      throw new IOException("%s is there already: a manifest never changes".formatted(path));
    }
    WholeFile.writeOnce(path, conf, JSON.writeValueAsBytes(manifest));
  }

  /**
   * The manifest of the highest number; empty if there is none, which means that the folder was
   * never finished.
   *
   * @throws InputException if it is damaged or of a version that this sparkswitch does not read
   */
  public static Optional<ShardManifest> newest(Path folder, Configuration conf) throws IOException {
    List<Path> all = all(folder, conf);
    return all.isEmpty() ? firstVersion(folder, conf) : Optional.of(read(all.get(0), conf));
  }

  /** The manifest of that number; empty if there is none. */
  static Optional<ShardManifest> numbered(Path folder, int number, Configuration conf)
      throws IOException {
    Path path = path(folder, number);
    Optional<byte[]> bytes = WholeFile.read(path, conf);
    return bytes.isEmpty() ? Optional.empty() : Optional.of(manifest(path, bytes.get()));
  }

  /** The newest manifest of that {@link ShardManifest#dataDigest}; empty if there is none. */
  public static Optional<ShardManifest> ofData(Path folder, String digest, Configuration conf)
      throws IOException {
    for (Path path : all(folder, conf)) {
      ShardManifest manifest = read(path, conf);
      if (manifest.dataDigest().equals(digest)) {
        return Optional.of(manifest);
      }
    }
    return firstVersion(folder, conf).filter(manifest -> manifest.dataDigest().equals(digest));
  }

  /** Highest number first. */
  private static List<Path> all(Path folder, Configuration conf) throws IOException {
    FileStatus[] files;
    try {
      Path manifests = new Path(folder, FOLDER);
      files = manifests.getFileSystem(conf).listStatus(manifests);
    } catch (FileNotFoundException e) {
      return List.of();
    }
    return Arrays.stream(files)
        .map(FileStatus::getPath)
        .filter(path -> NAME.matcher(path.getName()).matches())
        .sorted(
            Comparator.comparing((Path path) -> path.getName().length())
                .thenComparing(Path::getName)
                .reversed())
        .toList();
  }

  private static Optional<ShardManifest> firstVersion(Path folder, Configuration conf)
      throws IOException {
    Path path = new Path(folder, FIRST_VERSION_NAME);
    Optional<byte[]> bytes = WholeFile.read(path, conf);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    JsonNode tree = tree(path, bytes.get());
    if (version(tree) != ShardSchema.FIRST_VERSION) {
      throw unreadable(path, tree);
    }
    return Optional.of(FirstManifest.read(tree));
  }

  private static ShardManifest read(Path path, Configuration conf) throws IOException {
    byte[] bytes =
        WholeFile.read(path, conf)
            .orElseThrow(() -> new InputException(path + " was deleted while it was read"));
    return manifest(path, bytes);
  }

  private static Path path(Path folder, int number) {
    return new Path(new Path(folder, FOLDER), "%06d.json".formatted(number));
  }

  private static ShardManifest manifest(Path path, byte[] bytes) throws IOException {
    JsonNode tree = tree(path, bytes);
    if (version(tree) != ShardSchema.VERSION) {
      throw unreadable(path, tree);
    }
    try {
      return JSON.treeToValue(tree, ShardManifest.class);
    } catch (JsonProcessingException e) {
      throw damaged(path, e);
    }
  }

  private static JsonNode tree(Path path, byte[] bytes) throws IOException {
    try {
      return JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw damaged(path, e);
    }
  }

  private static int version(JsonNode tree) {
    return tree.path("schemaVersion").asInt();
  }

  private static InputException damaged(Path path, JsonProcessingException cause) {
    return new InputException(
        "%s is not a whole manifest of shards (%s): restore it, or run prepare with --fresh"
            .formatted(path, cause.getOriginalMessage()),
        cause);
  }

  private static InputException unreadable(Path path, JsonNode tree) {
    return new InputException(
        "%s has schema version %d, this sparkswitch reads %d and %d: run prepare into another folder"
            .formatted(path, version(tree), ShardSchema.FIRST_VERSION, ShardSchema.VERSION));
  }
}
