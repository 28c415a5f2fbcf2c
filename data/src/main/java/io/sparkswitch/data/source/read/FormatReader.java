package io.sparkswitch.data.source.read;

import io.sparkswitch.data.source.SourceRecord;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/** Takes a file of one format apart. Holds one record at a time. */
interface FormatReader extends Closeable {

  /**
   * The next record; empty at the end.
   *
   * @throws IOException if the content is damaged and cannot be read further
   */
  Optional<SourceRecord> next() throws IOException;

  /** Place of the record that an exception interrupted, or else of what would be read next. */
  long position();

  /** What was read of the record that an exception interrupted. */
  byte[] partial();
}
