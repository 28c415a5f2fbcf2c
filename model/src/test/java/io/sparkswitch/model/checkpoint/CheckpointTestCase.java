package io.sparkswitch.model.checkpoint;

import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import io.sparkswitch.model.tensor.Doubles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder of small checkpoints. */
abstract class CheckpointTestCase {
  @TempDir Path root;

  private PointerScope scope;
  CheckpointFolder folder;

  /** What the folder told. */
  final List<String> said = new ArrayList<>();

  @BeforeEach
  void open() {
    scope = new PointerScope();
    folder = new CheckpointFolder(root.toUri().toString(), new Configuration(), said::add);
  }

  @AfterEach
  void close() {
    scope.close();
  }

  void save(long step, int attempt) throws IOException {
    Shard a = folder.writeShard(step, attempt, "a", Map.of("a", Doubles.normal(step, 20)));
    Shard b = folder.writeShard(step, attempt, "b", Map.of("b", Doubles.normal(~step, 30)));
    folder.commit(
        new CheckpointManifest(
            CheckpointManifest.FORMAT_VERSION, step, attempt, List.of(a, b), Map.of("seed", "1")));
  }

  /** Hadoop's local file system keeps a checksum file beside each file. */
  void forgetChecksums() throws IOException {
    try (var files = Files.walk(root)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".crc")).toList()) {
        Files.delete(file);
      }
    }
  }
}
