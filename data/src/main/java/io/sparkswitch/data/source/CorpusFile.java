package io.sparkswitch.data.source;

import java.io.Serializable;
import java.util.Objects;

/**
 * One file of a corpus.
 *
 * @param path its qualified path in a Hadoop file system
 * @param bytes its length as stored
 * @param language code of the language of all its documents; {@link Languages#UNKNOWN} if each
 *     document has to tell
 * @param format how it holds its documents
 */
public record CorpusFile(String path, long bytes, String language, SourceFormat format)
    implements Serializable {
  public CorpusFile {
    if (path.isBlank()) {
      throw new IllegalArgumentException("a corpus file needs a path");
    }
    if (bytes < 0) {
      throw new IllegalArgumentException("%s has %d bytes".formatted(path, bytes));
    }
    if (language.isBlank()) {
      throw new IllegalArgumentException(
          "%s has a blank language: use \"%s\" if it is unknown"
              .formatted(path, Languages.UNKNOWN));
    }
    Objects.requireNonNull(format, "format");
  }

  /**
   * A file whose language and format are those that its name tells.
   *
   * @throws IllegalArgumentException if the name has no ending of a corpus file
   */
  public static CorpusFile of(String path, long bytes) {
    String name = nameOf(path);
    SourceFormat format =
        SourceFormat.of(name)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "%s has no ending of a corpus file: allowed are .json, .jsonl, .parquet, .txt and .warc.wet, compressed or not"
                            .formatted(path)));
    return new CorpusFile(path, bytes, Languages.ofFileName(name), format);
  }

  /** The last part of the path. */
  public String name() {
    return nameOf(path);
  }

  private static String nameOf(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
