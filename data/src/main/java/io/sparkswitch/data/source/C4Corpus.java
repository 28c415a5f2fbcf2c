package io.sparkswitch.data.source;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * C4's layout in a folder: {@code [en/]c4-train.00000-of-01024.json.gz}, or plain {@code .json}.
 */
public final class C4Corpus {
  private static final String SUBFOLDER = "en";

  private C4Corpus() {}

  /**
   * The files of a split, sorted by name, from the folder or else from its {@code en} subfolder.
   *
   * @throws InputException if there is no folder, or no such file in it
   */
  public static List<CorpusFile> files(String folder, Configuration conf, Split split) {
    Path root = new Path(folder);
    try {
      FileSystem files = root.getFileSystem(conf);
      if (!files.exists(root)) {
        throw new InputException(
            "corpus folder %s does not exist: give a folder of C4 files".formatted(folder));
      }
      List<CorpusFile> found = matching(files, root, split);
      if (found.isEmpty()) {
        found = matching(files, new Path(root, SUBFOLDER), split);
      }
      if (found.isEmpty()) {
        throw new InputException(
            "no file c4-%s.*.json.gz (or .json) in %s or its subfolder %s: give a folder in C4's layout"
                .formatted(split.word(), folder, SUBFOLDER));
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list corpus folder " + folder, e);
    }
  }

  private static List<CorpusFile> matching(FileSystem files, Path folder, Split split)
      throws IOException {
    Pattern name = Pattern.compile("c4-" + split.word() + "\\..*\\.json(\\.gz)?");
    FileStatus[] all;
    try {
      all = files.listStatus(folder);
    } catch (FileNotFoundException e) {
      return List.of();
    }
    return Arrays.stream(all)
        .filter(FileStatus::isFile)
        .filter(status -> name.matcher(status.getPath().getName()).matches())
        .map(status -> new CorpusFile(status.getPath().toString(), status.getLen()))
        .sorted(Comparator.comparing(CorpusFile::name))
        .toList();
  }
}
