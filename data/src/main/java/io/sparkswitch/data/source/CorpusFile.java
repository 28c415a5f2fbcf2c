package io.sparkswitch.data.source;

import java.io.Serializable;

/**
 * One file of a corpus.
 *
 * @param path its qualified path in a Hadoop file system
 * @param bytes its length as stored
 */
public record CorpusFile(String path, long bytes) implements Serializable {
  public CorpusFile {
    if (path.isBlank()) {
      throw new IllegalArgumentException("a corpus file needs a path");
    }
    if (bytes < 0) {
      throw new IllegalArgumentException("%s has %d bytes".formatted(path, bytes));
    }
  }

  /** The last part of the path. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
