package io.sparkswitch.distill.target.store;

import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.distill.target.TargetKind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Where soft targets lie: files, and the manifest, created last, that makes them whole. */
public final class TargetsFolder {
  public static final String MANIFEST = "manifest.json";

  private final Path folder;
  private final Configuration conf;

  public TargetsFolder(String folder, Configuration conf) {
    this.folder = new Path(folder);
    this.conf = conf;
  }

  /** A new file of this folder; see {@link SoftTargetsWriter#create}. */
  public SoftTargetsWriter writer(TargetChunk chunk, TargetKind kind) throws IOException {
    return SoftTargetsWriter.create(folder, conf, chunk, kind);
  }

  /** Deletes the Parquet files of attempts that were lost, which readers would count twice. */
  public void deleteAllBut(Collection<TargetFile> kept) throws IOException {
    Set<String> names = kept.stream().map(TargetFile::name).collect(Collectors.toSet());
    FileSystem files = folder.getFileSystem(conf);
    if (!files.exists(folder)) {
      return;
    }
    for (FileStatus file : files.listStatus(folder, path -> path.getName().endsWith(".parquet"))) {
      if (!names.contains(file.getPath().getName())) {
        files.delete(file.getPath(), false);
      }
    }
  }

  /** Takes back all commits, if there are any, and deletes every file of soft targets. */
  public void clear() throws IOException {
    JsonFile.of(manifestPath(), conf).delete();
    chunks().clear();
    deleteAllBut(List.of());
  }

  /** The chunks that are finished while the folder is not. */
  public ChunkLog chunks() {
    return new ChunkLog(this, new Path(folder, ChunkLog.FOLDER));
  }

  /**
   * Commits the folder: with the files of all chunks and no others. What a commit that broke off
   * has left is replaced.
   *
   * @throws InputException if a file is not to be seen from here at its full length
   */
  public void commit(TargetsManifest manifest) throws IOException {
    for (TargetFile file : manifest.files()) {
      verifyLength(file);
    }
    deleteAllBut(manifest.files());
    JsonFile.of(manifestPath(), conf).write(manifest);
    chunks().clear();
  }

  /**
   * The manifest; empty if there is none or it breaks off, both of which mean that the folder was
   * never finished.
   *
   * @throws InputException if it is whole but not one that this version reads
   */
  public Optional<TargetsManifest> manifest() throws IOException {
    return JsonFile.of(manifestPath(), conf).read(TargetsManifest.class);
  }

  private Path manifestPath() {
    return new Path(folder, MANIFEST);
  }

  Path path(TargetFile file) {
    return new Path(folder, file.name());
  }

  Configuration conf() {
    return conf;
  }

  void verifyLength(TargetFile file) throws IOException {
    Path path = path(file);
    try {
      long bytes = path.getFileSystem(conf).getFileStatus(path).getLen();
      if (bytes != file.bytes()) {
        throw damaged(file, "has %d bytes, not %d".formatted(bytes, file.bytes()));
      }
    } catch (FileNotFoundException e) {
      throw damaged(file, "is missing");
    }
  }

  void verifyDigest(TargetFile file) throws IOException {
    Path path = path(file);
    try (InputStream in = path.getFileSystem(conf).open(path)) {
      if (!Digests.of(in).equals(file.sha256())) {
        throw damaged(file, "was altered: its SHA-256 is not the manifest's");
      }
    } catch (FileNotFoundException e) {
      throw damaged(file, "is missing");
    } catch (ChecksumException e) {
      throw damaged(file, "was altered: the file system's checksum is another");
    }
  }

  InputException damaged(TargetFile file, String what) {
    return new InputException("%s %s; %s".formatted(path(file), what, remedy()));
  }

  String remedy() {
    return "run teach again with --fresh";
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}
