package io.sparkswitch.data.shard;

import io.sparkswitch.data.source.InputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A finished shard folder, pinned to its manifest. Holds no open file; safe between threads. */
public final class ShardSet {
  private final Path folder;
  private final Configuration conf;
  private final ShardManifest manifest;
  private final List<ShardFile> files;
  private final List<RowGroup> rowGroups;

  private ShardSet(Path folder, Configuration conf, ShardManifest manifest) {
    this.folder = folder;
    this.conf = conf;
    this.manifest = manifest;
    this.files = manifest.files();
    this.rowGroups = List.copyOf(rowGroups(manifest));
  }

  /**
   * Opens a folder by its newest manifest and checks that every shard is there at its full length.
   *
   * @throws InputException if the folder is unfinished or a shard is missing or of another length
   */
  public static ShardSet open(String folder, Configuration conf) {
    Path path = new Path(folder);
    try {
      return verified(path, conf, ManifestFile.newest(path, conf))
          .orElseThrow(
              () ->
                  new InputException(
                      "%s is not a finished shard folder: run prepare".formatted(folder)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read shard folder " + folder, e);
    }
  }

  /**
   * As {@link #open}, by the manifest of that data digest; shards that came later are not seen.
   *
   * @return empty if the folder holds no such manifest
   */
  public static Optional<ShardSet> openPinned(
      String folder, String dataDigest, Configuration conf) {
    Path path = new Path(folder);
    try {
      return verified(path, conf, ManifestFile.ofData(path, dataDigest, conf));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read shard folder " + folder, e);
    }
  }

  private static Optional<ShardSet> verified(
      Path folder, Configuration conf, Optional<ShardManifest> manifest) throws IOException {
    if (manifest.isEmpty()) {
      return Optional.empty();
    }
    ShardSet set = new ShardSet(folder, conf, manifest.get());
    set.verifyLengths();
    return Optional.of(set);
  }

  public ShardManifest manifest() {
    return manifest;
  }

  /** These shards, for other processes. */
  public PinnedShards pinned() {
    return new PinnedShards(folder.toString(), manifest.dataDigest());
  }

  /** Tokens a segment. */
  public int segmentLength() {
    return manifest.settings().segmentLength();
  }

  /** Number of segments. */
  public long segments() {
    return manifest.totals().segments();
  }

  /** All row groups, in the order of segment ids. */
  public List<RowGroup> rowGroups() {
    return rowGroups;
  }

  /**
   * The tokens of a row group, {@code <int32>[rows, segmentLength]}.
   *
   * @throws InputException naming the shard if it is damaged or cannot be read
   */
  public int[] tokens(RowGroup group) {
    try (ShardReader reader = reader(group)) {
      int[] tokens = reader.tokens(group.index());
      if (tokens.length != group.rows() * segmentLength()) {
        throw damaged(files.get(group.file()), "differs from the manifest");
      }
      return tokens;
    } catch (InputException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // Parquet has no type of its own for all damage
      throw unreadable(group, e);
    }
  }

  /** One segment with its lineage; reads the whole row group around it. */
  public Segment segment(long id) {
    RowGroup group =
        rowGroups.stream()
            .filter(g -> id >= g.firstSegment() && id < g.firstSegment() + g.rows())
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("%s holds no segment %d".formatted(folder, id)));
    try (ShardReader reader = reader(group)) {
      int row = Math.toIntExact(id - group.firstSegment());
      return reader.segment(group.index(), row, group.firstSegment());
    } catch (InputException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw unreadable(group, e);
    }
  }

  /**
   * Reads every shard and compares its digest.
   *
   * @throws InputException naming the first shard that differs
   */
  public void verifyDigests() {
    for (ShardFile file : files) {
      Path path = new Path(folder, file.name());
      try (InputStream in = path.getFileSystem(conf).open(path)) {
        if (!Digests.of(in).equals(file.sha256())) {
          throw damaged(file, "has another SHA-256 than its manifest says");
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read shard " + path, e);
      }
    }
  }

  private void verifyLengths() throws IOException {
    FileSystem system = folder.getFileSystem(conf);
    for (ShardFile file : files) {
      try {
        long bytes = system.getFileStatus(new Path(folder, file.name())).getLen();
        if (bytes != file.bytes()) {
          throw damaged(file, "has %d bytes, not %d".formatted(bytes, file.bytes()));
        }
      } catch (FileNotFoundException e) {
        throw damaged(file, "is missing");
      }
    }
  }

  private InputException damaged(ShardFile file, String what) {
    return new InputException(
        "shard %s in %s %s: run prepare again with --fresh".formatted(file.name(), folder, what));
  }

  private ShardReader reader(RowGroup group) throws IOException {
    Path path = new Path(folder, files.get(group.file()).name());
    return ShardReader.open(path, conf, segmentLength());
  }

  private InputException unreadable(RowGroup group, Exception cause) {
    ShardFile file = files.get(group.file());
    return new InputException(
        "cannot read row group %d of shard %s in %s (%s): if the file is damaged, run prepare again with --fresh"
            .formatted(group.index(), file.name(), folder, cause.getMessage()),
        cause);
  }

  private static List<RowGroup> rowGroups(ShardManifest manifest) {
    List<RowGroup> groups = new ArrayList<>();
    List<ShardFile> files = manifest.files();
    for (int f = 0; f < files.size(); f++) {
      ShardFile file = files.get(f);
      long first = file.firstSegment();
      for (int g = 0; g < file.rowGroups().size(); g++) {
        groups.add(new RowGroup(f, g, first, file.rowGroups().get(g), file.language()));
        first += file.rowGroups().get(g);
      }
    }
    return groups;
  }
}
