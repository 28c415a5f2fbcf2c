package io.sparkswitch.data.pipeline.cut;

import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.token.Vocabulary;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Vocabularies by path in a Hadoop file system; each is loaded once in a JVM and then shared by its
 * tasks, whose encoding it allows at the same time.
 */
public final class VocabularyFile {
  private static final Map<String, Vocabulary> LOADED = new ConcurrentHashMap<>();

  private VocabularyFile() {}

  /**
   * The vocabulary at that path.
   *
   * @throws InputException if there is no such file or it is no vocabulary
   */
  public static Vocabulary load(String path, Configuration conf) {
    byte[] model = read(path, conf);
    try {
      return LOADED.computeIfAbsent(Digests.of(model), digest -> Vocabulary.load(model));
    } catch (IllegalArgumentException e) {
      throw new InputException("vocabulary %s: %s".formatted(path, e.getMessage()), e);
    }
  }

  /**
   * The vocabulary of that digest; the file is read only by the first task of a JVM.
   *
   * @throws InputException also if the file has another digest
   */
  public static Vocabulary load(String path, String digest, Configuration conf) {
    Vocabulary loaded = LOADED.get(digest);
    if (loaded != null) {
      return loaded;
    }
    Vocabulary found = load(path, conf);
    if (!found.spec().digest().equals(digest)) {
      throw new InputException(
          "vocabulary %s has digest %s here, but %s at the driver: give a path on a shared file system and leave the file alone while preparing"
              .formatted(path, found.spec().digest(), digest));
    }
    return found;
  }

  private static byte[] read(String path, Configuration conf) {
    Path file = new Path(path);
    try (InputStream in = file.getFileSystem(conf).open(file)) {
      return in.readAllBytes();
    } catch (FileNotFoundException e) {
      throw new InputException(
          "vocabulary %s does not exist: run vocab, or give a T5 spiece.model".formatted(path), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read vocabulary " + path, e);
    }
  }
}
