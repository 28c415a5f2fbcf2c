package io.sparkswitch.data.source.pair;

import io.sparkswitch.data.source.unpack.MalformedLineException;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/** Takes a file of examples apart. Holds one at a time, of Parquet one row group. */
interface PairReader extends Closeable {
  String INPUTS = "inputs";
  String TARGETS = "targets";

  /**
   * The next example; empty at the end.
   *
   * @throws MalformedLineException if the line or row holds none
   * @throws IOException if the file is damaged
   */
  Optional<TextPair> next() throws IOException, MalformedLineException;
}
