package io.sparkswitch.data.source;

/** What one line, row or record of a corpus file turned out to be. */
public sealed interface SourceRecord {

  /**
   * Its place in its file, which names it for ever: of JSON lines the number of the line and of
   * Parquet that of the row, both from 1; of text and WET the byte at which it begins, from 0 (of a
   * gzipped WET that of its member in the stored file).
   */
  long position();

  /** One that holds a document. */
  record Kept(long position, Document document) implements SourceRecord {}

  /**
   * One, or the damaged end of a file, that holds none.
   *
   * @param reason why, in words
   * @param content its bytes as far as they are known, of one too long the beginning
   */
  record Malformed(long position, String reason, byte[] content) implements SourceRecord {}
}
