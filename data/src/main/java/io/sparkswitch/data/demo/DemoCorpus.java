package io.sparkswitch.data.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkswitch.data.demo.DemoCorpusSummary.CorpusFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Writes the demo corpus in C4's own layout ({@code en/c4-train.00000-of-000NN.json.gz}, …) to any
 * Hadoop file system. {@value #MARKER} exists from before the first file until after {@value
 * #MANIFEST}, which is written last: a corpus without the manifest is not whole.
 */
public final class DemoCorpus {
  static final String MANIFEST = "demo-corpus.json";
  static final String MARKER = "demo-corpus.incomplete";

  /** Raised with every change of the grammar or of the files' form. */
  private static final int GENERATOR = 1;

  private static final long MEGABYTE = 1_000_000;
  private static final String FILES = "c4-*.json.gz";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final FileSystem files;

  private DemoCorpus(String folder, Configuration conf) throws IOException {
    this.folder = new Path(folder);
    this.files = this.folder.getFileSystem(conf);
  }

  /**
   * Writes the corpus, unless the folder already holds the whole of it. A corpus of other settings,
   * or half of one, is replaced.
   *
   * @throws IllegalArgumentException if the folder holds C4 files that this class did not write
   * @throws UncheckedIOException if the file system fails
   */
  public static DemoCorpusSummary write(
      String folder, Configuration conf, DemoCorpusSettings settings) {
    try {
      return new DemoCorpus(folder, conf).write(settings);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the demo corpus to " + folder, e);
    }
  }

  /**
   * Refuses a folder that holds a part of a demo corpus; anything else, real C4 files included, is
   * none of this class's business.
   *
   * @throws IllegalArgumentException if writing was begun there and not finished
   * @throws UncheckedIOException if the file system fails
   */
  public static void refuseIncomplete(String folder, Configuration conf) {
    try {
      DemoCorpus corpus = new DemoCorpus(folder, conf);
      if (corpus.exists(MARKER)) {
        throw new IllegalArgumentException(
            "%s holds an unfinished demo corpus (%s exists): run demo-corpus again"
                .formatted(folder, MARKER));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + folder, e);
    }
  }

  private DemoCorpusSummary write(DemoCorpusSettings settings) throws IOException {
    Optional<DemoCorpusSummary> present = whole();
    if (present.isPresent() && present.get().settings().equals(settings)) {
      return present.get();
    }
    clear();
    Storyteller storyteller = new Storyteller(settings.seed());
    List<CorpusFile> written = new ArrayList<>();
    for (StoryFile file : plan(settings)) {
      written.add(file.write(files, folder, storyteller));
    }
    DemoCorpusSummary summary = DemoCorpusSummary.of(GENERATOR, settings, written);
    try (OutputStream out = files.create(new Path(folder, MANIFEST), true)) {
      out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(summary));
    }
    files.delete(new Path(folder, MARKER), false);
    return summary;
  }

  private static List<StoryFile> plan(DemoCorpusSettings settings) {
    int count = settings.trainFiles();
    long each = (settings.megabytes() * MEGABYTE + count - 1) / count;
    List<StoryFile> plan = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      plan.add(new StoryFile(Split.TRAIN, number, count, each));
    }
    long validation = Math.round(settings.validationMegabytes() * MEGABYTE);
    plan.add(new StoryFile(Split.VALIDATION, 0, 1, validation));
    return plan;
  }

  /** The corpus in the folder, if it is one, of this generator, with every file in full length. */
  private Optional<DemoCorpusSummary> whole() throws IOException {
    if (exists(MARKER) || !exists(MANIFEST)) {
      return Optional.empty();
    }
    DemoCorpusSummary summary;
    try (InputStream in = files.open(new Path(folder, MANIFEST))) {
      summary = JSON.readValue(in, DemoCorpusSummary.class);
    } catch (JsonProcessingException | ChecksumException e) {
      return Optional.empty();
    }
    if (summary.generator() != GENERATOR) {
      return Optional.empty();
    }
    for (CorpusFile file : summary.files()) {
      Path path = new Path(folder, file.path());
      if (!files.exists(path) || files.getFileStatus(path).getLen() != file.fileBytes()) {
        return Optional.empty();
      }
    }
    return Optional.of(summary);
  }

  /** Marks the folder as unfinished and removes what an earlier run of this class left there. */
  private void clear() throws IOException {
    FileStatus[] old = files.globStatus(new Path(folder, "en/" + FILES));
    boolean ours = exists(MARKER) || exists(MANIFEST);
    if (old != null && old.length > 0 && !ours) {
      throw new IllegalArgumentException(
          "%s already holds %s and %d more C4 files that demo-corpus did not write: choose another folder"
              .formatted(folder, old[0].getPath().getName(), old.length - 1));
    }
    files.mkdirs(new Path(folder, "en"));
    files.create(new Path(folder, MARKER), true).close();
    files.delete(new Path(folder, MANIFEST), false);
    if (old != null) {
      for (FileStatus file : old) {
        files.delete(file.getPath(), false);
      }
    }
  }

  private boolean exists(String name) throws IOException {
    return files.exists(new Path(folder, name));
  }
}
