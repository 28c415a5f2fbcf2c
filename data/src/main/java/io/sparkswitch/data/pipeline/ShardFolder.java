package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.shard.ManifestFile;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardManifest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The driver's view of a shard folder: what is committed, and what lies about. */
final class ShardFolder {
  private final Path path;
  private final Configuration conf;
  private final FileSystem files;

  ShardFolder(String folder, Configuration conf) throws IOException {
    this.path = new Path(folder);
    this.conf = conf;
    this.files = path.getFileSystem(conf);
  }

  Path path() {
    return path;
  }

  Optional<ShardManifest> committed() throws IOException {
    return ManifestFile.read(path, conf);
  }

  /** Takes back the commit, if any, and deletes every shard; the manifest goes first. */
  void clear() throws IOException {
    files.delete(new Path(path, ManifestFile.NAME), false);
    deleteAllBut(Set.of());
  }

  /** Deletes what no attempt of the manifest wrote, then commits. */
  void commit(ShardManifest manifest) throws IOException {
    Set<String> kept = new HashSet<>();
    for (ShardFile file : manifest.files()) {
      kept.add(file.name());
      kept.add(new Path(file.quarantine()).getName());
    }
    deleteAllBut(kept);
    ManifestFile.write(path, conf, manifest);
  }

  private void deleteAllBut(Set<String> kept) throws IOException {
    deleteAllBut(path, kept);
    deleteAllBut(new Path(path, ShardFile.quarantineOf("")), kept);
  }

  private void deleteAllBut(Path folder, Set<String> kept) throws IOException {
    FileStatus[] all;
    try {
      all = files.listStatus(folder);
    } catch (FileNotFoundException e) {
      return;
    }
    for (FileStatus status : all) {
      String name = status.getPath().getName();
      if (status.isFile() && ShardPlan.isOurs(name) && !kept.contains(name)) {
        files.delete(status.getPath(), false);
      }
    }
  }
}
