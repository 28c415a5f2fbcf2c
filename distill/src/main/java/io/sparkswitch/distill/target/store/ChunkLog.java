package io.sparkswitch.distill.target.store;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.distill.target.TargetsSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The commits of an unfinished folder, one a chunk: work that nobody has to do again. Each is an
 * object of its own, created whole.
 */
public final class ChunkLog {
  /** Readers of Parquet pass over names that begin so. */
  static final String FOLDER = "_chunks";

  private final TargetsFolder folder;
  private final Path path;

  ChunkLog(TargetsFolder folder, Path path) {
    this.folder = folder;
    this.path = path;
  }

  /**
   * The chunks that follow one another from step 0; what comes after a gap does not count.
   *
   * @throws InputException if a file of theirs is missing or of another length
   */
  public List<TaughtChunk> read() throws IOException {
    List<TaughtChunk> all = new ArrayList<>();
    for (Path file : entries()) {
      JsonFile.of(file, folder.conf()).read(TaughtChunk.class).ifPresent(all::add);
    }
    all.sort(Comparator.comparingLong(chunk -> chunk.steps().from()));
    List<TaughtChunk> chunks = new ArrayList<>();
    long next = 0;
    for (TaughtChunk chunk : all) {
      if (chunk.steps().from() == next) {
        for (TargetFile file : chunk.files()) {
          folder.verifyLength(file);
        }
        chunks.add(chunk);
        next = chunk.steps().to();
      }
    }
    return chunks;
  }

  /**
   * As {@link #read()}, for targets that are to be continued.
   *
   * @throws InputException naming each setting that is not what it was, with both values
   */
  public List<TaughtChunk> readOf(TargetsSettings settings, TargetsOrigin origin)
      throws IOException {
    List<TaughtChunk> chunks = read();
    for (TaughtChunk chunk : chunks) {
      TargetsManifest.requireSame(chunk.settings(), settings, chunk.origin(), origin, folder);
    }
    return chunks;
  }

  /** Takes back every commit but these, such as those after a gap, which nobody reads. */
  public void deleteAllBut(Collection<TaughtChunk> kept) throws IOException {
    Set<String> names = kept.stream().map(ChunkLog::name).collect(Collectors.toSet());
    for (Path file : entries()) {
      if (!names.contains(file.getName())) {
        JsonFile.of(file, folder.conf()).delete();
      }
    }
  }

  private static String name(TaughtChunk chunk) {
    return String.format(Locale.ROOT, "%08d-%08d.json", chunk.steps().from(), chunk.steps().to());
  }

  /**
   * Commits a chunk.
   *
   * @throws InputException if a file of it is not to be seen from here at its full length
   * @throws IOException if somebody else has committed it
   */
  public void commit(TaughtChunk chunk) throws IOException {
    for (TargetFile file : chunk.files()) {
      folder.verifyLength(file);
    }
    JsonFile.of(new Path(path, name(chunk)), folder.conf()).write(chunk);
  }

  void clear() throws IOException {
    path.getFileSystem(folder.conf()).delete(path, true);
  }

  private List<Path> entries() throws IOException {
    FileSystem files = path.getFileSystem(folder.conf());
    List<Path> entries = new ArrayList<>();
    if (files.exists(path)) {
      for (FileStatus file : files.listStatus(path, entry -> entry.getName().endsWith(".json"))) {
        entries.add(file.getPath());
      }
    }
    return entries;
  }
}
