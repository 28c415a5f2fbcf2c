package io.sparkswitch.data.batch.example;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.data.shard.WholeFile;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.source.pair.TextPair;
import io.sparkswitch.data.source.pair.TextPairs;
import io.sparkswitch.data.token.Vocabulary;
import io.sparkswitch.data.token.VocabularySpec;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Supervised examples, tokenised once: {@code examples.bin}, big-endian integers, for each example
 * the number of its inputs, these, the number of its targets, these; and {@code examples.json},
 * {@link ExampleManifest}, which makes it whole.
 */
public final class ExampleFolder {
  static final String FILE = "examples.bin";
  static final String MANIFEST = "examples.json";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path folder;
  private final Configuration conf;
  private final ExampleManifest manifest;

  private ExampleFolder(Path folder, Configuration conf, ExampleManifest manifest) {
    this.folder = folder;
    this.conf = conf;
    this.manifest = manifest;
  }

  /**
   * The examples of these files in {@code parent}, in a folder named by what they are made from:
   * those that are there, or else tokenised now. An end marker goes to each side.
   *
   * @throws InputException if an example is malformed or there is none
   */
  public static ExampleFolder of(
      List<Path> files, Vocabulary vocabulary, Path parent, Configuration conf) {
    try {
      String madeFrom = digest(files, vocabulary.spec(), conf);
      Path folder = new Path(parent, madeFrom.substring(0, 12));
      Path manifest = new Path(folder, MANIFEST);
      FileSystem system = folder.getFileSystem(conf);
      if (!system.exists(manifest)) {
        ExampleManifest made = write(files, vocabulary, folder, madeFrom, conf);
        WholeFile.writeOnce(
            manifest, conf, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(made));
      }
      return open(folder, conf);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot tokenise examples into " + parent, e);
    }
  }

  static ExampleFolder open(PinnedExamples pinned, Configuration conf) {
    ExampleFolder found = open(new Path(pinned.folder()), conf);
    if (!found.manifest.sha256().equals(pinned.sha256())) {
      throw new InputException(
          "%s holds other examples than the run began with".formatted(pinned.folder()));
    }
    return found;
  }

  private static ExampleFolder open(Path folder, Configuration conf) {
    try {
      FileSystem system = folder.getFileSystem(conf);
      ExampleManifest manifest;
      try (InputStream in = system.open(new Path(folder, MANIFEST))) {
        manifest = JSON.readValue(in.readAllBytes(), ExampleManifest.class);
      }
      long bytes = system.getFileStatus(new Path(folder, FILE)).getLen();
      if (manifest.formatVersion() != ExampleManifest.FORMAT_VERSION || bytes != manifest.bytes()) {
        throw damaged(folder, null);
      }
      return new ExampleFolder(folder, conf, manifest);
    } catch (FileNotFoundException | JsonProcessingException e) {
      throw damaged(folder, e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + folder, e);
    }
  }

  private static InputException damaged(Path folder, Exception cause) {
    return new InputException(
        "%s holds no whole examples of format %d: remove it, and it is made again"
            .formatted(folder, ExampleManifest.FORMAT_VERSION),
        cause);
  }

  /** What the folder holds. */
  public ExampleManifest manifest() {
    return manifest;
  }

  /** The same, for other processes. */
  public PinnedExamples pinned() {
    return new PinnedExamples(folder.toString(), manifest.sha256());
  }

  /** The examples; a source of its own at each call. */
  public ExampleSource source() {
    return new ExampleFile(new Path(folder, FILE), conf, manifest);
  }

  private static ExampleManifest write(
      List<Path> files, Vocabulary vocabulary, Path folder, String madeFrom, Configuration conf)
      throws IOException {
    try (ExampleWriter writer = new ExampleWriter(new Path(folder, FILE), vocabulary, conf)) {
      for (Path file : files) {
        try (TextPairs pairs = TextPairs.open(file, conf)) {
          while (pairs.hasNext()) {
            TextPair pair = pairs.next();
            try {
              writer.write(pair);
            } catch (IllegalArgumentException e) {
              throw pairs.wrong(e.getMessage());
            }
          }
        }
      }
      if (writer.count() == 0) {
        throw new InputException("%s: there is no example in it".formatted(files));
      }
      return writer.finish(madeFrom);
    }
  }

  private static String digest(List<Path> files, VocabularySpec vocabulary, Configuration conf)
      throws IOException {
    StringBuilder all = new StringBuilder();
    all.append(ExampleManifest.FORMAT_VERSION).append('\n').append(vocabulary.digest());
    for (Path file : files) {
      try (InputStream in = file.getFileSystem(conf).open(file)) {
        all.append('\n').append(Digests.of(in));
      }
    }
    return Digests.of(all.toString().getBytes(StandardCharsets.UTF_8));
  }
}
