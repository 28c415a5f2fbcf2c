package io.sparkswitch.data.shard;

import io.sparkswitch.data.source.InputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/** The shards of a manifest as files, and what is to be done about one that is not as it was. */
final class ShardFiles {
  private final Path folder;
  private final Configuration conf;
  private final ShardManifest manifest;

  ShardFiles(Path folder, Configuration conf, ShardManifest manifest) {
    this.folder = folder;
    this.conf = conf;
    this.manifest = manifest;
  }

  /**
   * Compares the length of every shard, by one listing of each folder that holds any.
   *
   * @throws InputException naming the first shard that is missing or of another length
   */
  void verifyLengths() throws IOException {
    Map<String, Long> lengths = new HashMap<>();
    Set<String> listed = new HashSet<>();
    for (ShardFile file : manifest.files()) {
      String parent = parent(file.name());
      if (listed.add(parent)) {
        list(parent, lengths);
      }
      Long bytes = lengths.get(file.name());
      if (bytes == null) {
        throw missing(file, null);
      }
      if (bytes != file.bytes()) {
        throw damaged(file, "has %d bytes, not %d".formatted(bytes, file.bytes()), null);
      }
    }
  }

  /**
   * @throws InputException if the shard is missing or of another length
   */
  ShardReader reader(ShardFile file) throws IOException {
    HadoopInputFile stored;
    try {
      stored = HadoopInputFile.fromPath(path(file), conf);
    } catch (FileNotFoundException e) {
      throw missing(file, e);
    }
    if (stored.getLength() != file.bytes()) {
      throw damaged(file, "has %d bytes, not %d".formatted(stored.getLength(), file.bytes()), null);
    }
    return ShardReader.open(stored, conf, manifest.settings().segmentLength());
  }

  /**
   * @throws InputException if the shard is missing or has another digest
   */
  void verifyDigest(ShardFile file) throws IOException {
    try (InputStream in = path(file).getFileSystem(conf).open(path(file))) {
      if (!Digests.of(in).equals(file.sha256())) {
        throw damaged(file, "has another SHA-256 than its manifest says", null);
      }
    } catch (FileNotFoundException e) {
      throw missing(file, e);
    }
  }

  /** What to say of a shard whose content is not what it should be. */
  InputException damaged(ShardFile file, String what, Throwable cause) {
    return new InputException(
        "shard %s in %s %s: restore it, or run prepare again with --fresh"
            .formatted(file.name(), folder, what),
        cause);
  }

  /** What to say of a shard that is not there: it may have been taken down since. */
  InputException missing(ShardFile file, Throwable cause) {
    String what = "shard %s in %s is missing: ".formatted(file.name(), folder);
    try {
      Optional<ShardManifest> newest = ManifestFile.newest(folder, conf);
      boolean wanted = newest.filter(now -> names(now).contains(file.name())).isPresent();
      if (newest.isPresent() && !wanted) {
        return new InputException(what + replaced(newest.get().number()), cause);
      }
    } catch (IOException | InputException e) {
      if (cause != null) {
        cause.addSuppressed(e);
      }
    }
    return damaged(file, "is missing", cause);
  }

  private String replaced(int newest) throws IOException {
    boolean grown = ManifestFile.ofData(folder, manifest.dataDigest(), conf).isPresent();
    String why =
        grown
            ? "documents were taken down after manifest %d was written, and manifest %d is without them"
                .formatted(manifest.number(), newest)
            : "all shards were made anew since, and are those of manifest %d".formatted(newest);
    return why
        + ". A run that began with the earlier shards cannot go on with them: begin a new one in another folder, or with --fresh in its own, and it takes manifest %d"
            .formatted(newest);
  }

  private void list(String parent, Map<String, Long> lengths) throws IOException {
    Path path = parent.isEmpty() ? folder : new Path(folder, parent);
    FileSystem system = folder.getFileSystem(conf);
    try {
      RemoteIterator<FileStatus> files = system.listStatusIterator(path);
      while (files.hasNext()) {
        FileStatus file = files.next();
        lengths.put(parent + file.getPath().getName(), file.getLen());
      }
    } catch (FileNotFoundException e) {
      // None of its shards is there; the first is named.
    }
  }

  private Path path(ShardFile file) {
    return new Path(folder, file.name());
  }

  /** The folder in the name of a shard, with the slash at its end. */
  private static String parent(String name) {
    return name.substring(0, name.lastIndexOf('/') + 1);
  }

  private static Set<String> names(ShardManifest manifest) {
    Set<String> names = new HashSet<>();
    manifest.files().forEach(file -> names.add(file.name()));
    return names;
  }
}
