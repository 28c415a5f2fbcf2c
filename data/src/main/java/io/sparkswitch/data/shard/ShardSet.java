package io.sparkswitch.data.shard;

import io.sparkswitch.data.source.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A finished shard folder, pinned to its manifest. Holds no open file; safe between threads. */
public final class ShardSet {
  private final Path folder;
  private final ShardManifest manifest;
  private final ShardFiles stored;
  private final List<ShardFile> files;
  private final List<RowGroup> rowGroups;

  private ShardSet(Path folder, Configuration conf, ShardManifest manifest) {
    this.folder = folder;
    this.manifest = manifest;
    this.stored = new ShardFiles(folder, conf, manifest);
    this.files = manifest.files();
    this.rowGroups = List.copyOf(rowGroups(manifest));
  }

  /**
   * Opens a folder by its newest manifest and checks that every shard is there at its full length,
   * by one listing a language: for the one process that begins a run. Others {@linkplain
   * PinnedShards#open open what it pinned}.
   *
   * @throws InputException if the folder is unfinished or a shard is missing or of another length
   */
  public static ShardSet open(String folder, Configuration conf) {
    Path path = new Path(folder);
    try {
      ShardSet set = newest(path, conf);
      set.stored.verifyLengths();
      return set;
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  /**
   * As {@link #open}, by the manifest of that data digest; shards that came later are not seen.
   *
   * @return empty if the folder holds no such manifest
   */
  public static Optional<ShardSet> openPinned(
      String folder, String dataDigest, Configuration conf) {
    Optional<ShardSet> set = pinned(new PinnedShards(folder, dataDigest, 0), conf);
    try {
      if (set.isPresent()) {
        set.get().stored.verifyLengths();
      }
      return set;
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  /** The newest shards; looks at none of them. */
  static ShardSet unverified(String folder, Configuration conf) {
    try {
      return newest(new Path(folder), conf);
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  /** The shards of a pinned manifest, if it is there; looks at none of them. */
  static Optional<ShardSet> pinned(PinnedShards pinned, Configuration conf) {
    Path path = new Path(pinned.folder());
    String digest = pinned.dataDigest();
    try {
      Optional<ShardManifest> manifest =
          ManifestFile.numbered(path, pinned.manifest(), conf)
              .filter(found -> found.dataDigest().equals(digest));
      if (manifest.isEmpty()) {
        manifest = ManifestFile.ofData(path, digest, conf);
      }
      return manifest.map(found -> new ShardSet(path, conf, found));
    } catch (IOException e) {
      throw unreadable(pinned.folder(), e);
    }
  }

  private static ShardSet newest(Path folder, Configuration conf) throws IOException {
    return ManifestFile.newest(folder, conf)
        .map(manifest -> new ShardSet(folder, conf, manifest))
        .orElseThrow(
            () ->
                new InputException(
                    "%s is not a finished shard folder: run prepare".formatted(folder)));
  }

  public ShardManifest manifest() {
    return manifest;
  }

  /** These shards, for other processes. */
  public PinnedShards pinned() {
    return new PinnedShards(folder.toString(), manifest.dataDigest(), manifest.number());
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
        throw stored.damaged(files.get(group.file()), "differs from the manifest", null);
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
      try {
        stored.verifyDigest(file);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read shard %s/%s".formatted(folder, file.name()), e);
      }
    }
  }

  private ShardReader reader(RowGroup group) throws IOException {
    return stored.reader(files.get(group.file()));
  }

  private static UncheckedIOException unreadable(String folder, IOException cause) {
    return new UncheckedIOException("cannot read shard folder " + folder, cause);
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
