package io.sparkswitch.model.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** What can befall the newest checkpoint. */
enum Damage {
  NO_MANIFEST("it was never finished: it has no manifest") {
    @Override
    void befall(Path checkpoint) throws IOException {
      Files.delete(manifest(checkpoint));
    }
  },
  HALF_A_MANIFEST("manifest-000.json was never finished") {
    @Override
    void befall(Path checkpoint) throws IOException {
      cut(manifest(checkpoint), 2);
    }
  },
  EMPTY_MANIFEST("manifest-000.json was never finished") {
    @Override
    void befall(Path checkpoint) throws IOException {
      cut(manifest(checkpoint), 0);
    }
  },
  MISSING_SHARD("b-attempt-000.safetensors is missing") {
    @Override
    void befall(Path checkpoint) throws IOException {
      Files.delete(shard(checkpoint));
    }
  },
  TRUNCATED_SHARD("b-attempt-000.safetensors has ") {
    @Override
    void befall(Path checkpoint) throws IOException {
      cut(shard(checkpoint), 2);
    }
  },
  ALTERED_SHARD(
      "b-attempt-000.safetensors was altered or is another checkpoint's: its digest differs") {
    @Override
    void befall(Path checkpoint) throws IOException {
      byte[] bytes = Files.readAllBytes(shard(checkpoint));
      bytes[bytes.length - 3] ^= 1;
      Files.write(shard(checkpoint), bytes);
    }
  },
  FOREIGN_SHARD("b-attempt-000.safetensors was altered or is another checkpoint's") {
    @Override
    void befall(Path checkpoint) throws IOException {
      Path foreign = shard(checkpoint.resolveSibling("step-00000100"));
      Files.copy(foreign, shard(checkpoint), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(
          checksum(foreign), checksum(shard(checkpoint)), StandardCopyOption.REPLACE_EXISTING);
    }
  },
  ALTERED_MANIFEST("manifest-000.json is damaged: Unrecognized token") {
    @Override
    void befall(Path checkpoint) throws IOException {
      byte[] bytes = Files.readAllBytes(manifest(checkpoint));
      bytes[0] ^= 1;
      Files.write(manifest(checkpoint), bytes);
    }
  },
  FOREIGN_MANIFEST("manifest-000.json is damaged: it is that of step-00000100/manifest-000.json") {
    @Override
    void befall(Path checkpoint) throws IOException {
      Path foreign = manifest(checkpoint.resolveSibling("step-00000100"));
      Files.copy(foreign, manifest(checkpoint), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(
          checksum(foreign), checksum(manifest(checkpoint)), StandardCopyOption.REPLACE_EXISTING);
    }
  };

  final String reason;

  Damage(String reason) {
    this.reason = reason;
  }

  abstract void befall(Path checkpoint) throws IOException;

  static Path manifest(Path checkpoint) {
    return checkpoint.resolve("manifest-000.json");
  }

  static Path shard(Path checkpoint) {
    return checkpoint.resolve("b-attempt-000.safetensors");
  }

  /** What Hadoop's local file system keeps beside a file. */
  static Path checksum(Path file) {
    return file.resolveSibling("." + file.getFileName() + ".crc");
  }

  /** Keeps one part in {@code parts}, or nothing. */
  static void cut(Path file, int parts) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int kept = parts == 0 ? 0 : bytes.length / parts;
    Files.write(file, Arrays.copyOf(bytes, kept), StandardOpenOption.TRUNCATE_EXISTING);
  }
}
