package io.sparkswitch.data.source;

/** What one line of a corpus file turned out to be. */
public sealed interface SourceRecord {

  /** Number of the line in its file, from 1. */
  long line();

  /** A line that holds a document. */
  record Kept(long line, Document document) implements SourceRecord {}

  /**
   * A line, or the damaged end of a file, that holds none.
   *
   * @param reason why, in words
   * @param content the bytes of the line, of a line too long its beginning
   */
  record Malformed(long line, String reason, byte[] content) implements SourceRecord {}
}
