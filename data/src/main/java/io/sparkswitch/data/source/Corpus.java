package io.sparkswitch.data.source;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files of a corpus folder, of any Hadoop file system.
 *
 * <ul>
 *   <li>C4 as published, in the folder or its {@code en}: {@code c4-train.00000-of-01024.json.gz}.
 *   <li>mC4 as published, in the folder or its {@code multilingual}: {@code
 *       c4-bg-Latn.tfrecord-00000-of-00004.json.gz}, {@code c4-bg-Latn-validation.tfrecord-…}.
 *   <li>JSON lines, Parquet, plain text and WET, in the folder or its {@code train} and {@code
 *       validation}; in the folder itself a file with the word {@code validation} in its name is
 *       validation, any other is training.
 * </ul>
 *
 * Whatever is found counts, also of several layouts at once. Two things are no documents: names
 * that begin with {@code .}, {@code _}, README, LICENSE or NOTICE; and plain {@code .json} beside
 * anything else, which is some tool's record ({@code .jsonl} is meant).
 */
public final class Corpus {
  private Corpus() {}

  /**
   * The files of a split, sorted by path.
   *
   * @throws InputException if there is no folder, no such file in it, or one with a colon in its
   *     name
   */
  public static List<CorpusFile> files(String folder, Configuration conf, Split split) {
    List<CorpusFile> files =
        all(folder, conf).used().stream()
            .filter(found -> found.split() == split)
            .map(Found::file)
            .sorted(Comparator.comparing(CorpusFile::path))
            .toList();
    if (files.isEmpty()) {
      throw nothing(folder, split);
    }
    files.forEach(Corpus::requireReadable);
    return files;
  }

  /**
   * What its user may want to know of a corpus folder, a sentence each: files that are passed over,
   * and languages that look like a mistake.
   *
   * @throws InputException if there is no folder
   */
  public static List<String> remarks(String folder, Configuration conf) {
    Listing listing = all(folder, conf);
    List<String> remarks = new ArrayList<>();
    listing.remark().ifPresent(remarks::add);
    Languages.remark(listing.found().stream().map(Found::file).toList()).ifPresent(remarks::add);
    return remarks;
  }

  private static void requireReadable(CorpusFile file) {
    if (file.name().contains(":")) {
      throw new InputException(
          "%s has a colon in its name, with which Hadoop cannot open it: rename it"
              .formatted(file.path()));
    }
  }

  private static Listing all(String folder, Configuration conf) {
    Path root = new Path(folder);
    try {
      FileSystem files = root.getFileSystem(conf);
      if (!files.exists(root)) {
        throw new InputException(
            "corpus folder %s does not exist: give a folder of C4, mC4, JSON lines, Parquet, text or WET files"
                .formatted(folder));
      }
      if (files.getFileStatus(root).isFile()) {
        throw new InputException(
            "corpus folder %s is a file: give the folder that it lies in".formatted(folder));
      }
      Map<String, List<FileStatus>> listings = new TreeMap<>();
      List<Found> all = new ArrayList<>();
      for (Split split : Split.values()) {
        for (CorpusLayout layout : CorpusLayout.values()) {
          for (String subfolder : layout.folders(split)) {
            if (!listings.containsKey(subfolder)) {
              listings.put(subfolder, listed(files, root, subfolder));
            }
          }
          all.addAll(found(listings, layout, split));
        }
      }
      return new Listing(all, strange(listings.values()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list corpus folder " + folder, e);
    }
  }

  private static List<String> strange(Collection<List<FileStatus>> listings) {
    return listings.stream()
        .flatMap(List::stream)
        .map(FileStatus::getPath)
        .filter(path -> CorpusLayout.isStrange(path.getName()))
        .map(Path::getName)
        .toList();
  }

  private static List<FileStatus> listed(FileSystem files, Path root, String subfolder)
      throws IOException {
    try {
      Path folder = subfolder.isEmpty() ? root : new Path(root, subfolder);
      return Arrays.stream(files.listStatus(folder)).filter(FileStatus::isFile).toList();
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  private static List<Found> found(
      Map<String, List<FileStatus>> listings, CorpusLayout layout, Split split) {
    return layout.folders(split).stream()
        .map(
            subfolder ->
                listings.get(subfolder).stream()
                    .filter(status -> layout.holds(status.getPath().getName(), split))
                    .map(status -> CorpusFile.of(status.getPath().toString(), status.getLen()))
                    .map(file -> new Found(file, layout, split))
                    .toList())
        .filter(found -> !found.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  private static InputException nothing(String folder, Split split) {
    String lookedFor =
        Arrays.stream(CorpusLayout.values())
            .map(layout -> layout.lookedFor(split))
            .collect(Collectors.joining("; "));
    return new InputException(
        "corpus folder %s holds no %s files: looked in it, en/, multilingual/ and %s/ for %s"
            .formatted(folder, split.word(), split.word(), lookedFor));
  }

  /** What a corpus folder holds; of strange files, which are in no split, the names. */
  private record Listing(List<Found> found, List<String> strange) {
    List<Found> used() {
      List<Found> certain = found.stream().filter(file -> !file.isDoubtful()).toList();
      return certain.isEmpty() ? found : certain;
    }

    Optional<String> remark() {
      List<String> passedOver = new ArrayList<>(strange);
      Set<Found> used = new HashSet<>(used());
      found.stream().filter(f -> !used.contains(f)).forEach(f -> passedOver.add(f.file().name()));
      return passedOver.isEmpty()
          ? Optional.empty()
          : Optional.of(
              "passing over %,d files that are none of a corpus: %s"
                  .formatted(
                      passedOver.size(),
                      passedOver.stream().sorted().limit(5).collect(Collectors.joining(", "))));
    }
  }

  private record Found(CorpusFile file, CorpusLayout layout, Split split) {
    boolean isDoubtful() {
      return layout.isDoubtful(file.name());
    }
  }
}
