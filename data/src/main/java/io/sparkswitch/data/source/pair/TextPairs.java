package io.sparkswitch.data.source.pair;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.source.read.CorpusReader;
import io.sparkswitch.data.source.unpack.MalformedLineException;
import io.sparkswitch.data.source.unpack.RawStream;
import io.sparkswitch.data.source.unpack.Unpacked;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Streams the supervised examples of one file: JSON lines, compressed or not, or Parquet, with
 * {@code inputs} and {@code targets}. Every example counts, so a malformed one is an error.
 */
public final class TextPairs implements Iterator<TextPair>, AutoCloseable {
  private static final Pattern PARQUET = Pattern.compile("[^._].*\\.parquet");
  private static final Pattern JSON =
      Pattern.compile("[^._].*\\.(jsonl|ndjson|json)(\\.(gz|bz2|zst|deflate|lz4|snappy))?");

  private final Path file;
  private final PairReader reader;
  private long read;
  private Optional<TextPair> pending = Optional.empty();

  private TextPairs(Path file, PairReader reader) {
    this.file = file;
    this.reader = reader;
  }

  /**
   * The files of examples at a path, in the order of their names: the file itself, or those
   * directly in the folder.
   *
   * @throws InputException if there are none
   */
  public static List<Path> files(String path, Configuration conf) {
    Path where = new Path(path);
    try {
      FileSystem system = where.getFileSystem(conf);
      List<Path> files =
          Arrays.stream(system.listStatus(where))
              .filter(FileStatus::isFile)
              .map(FileStatus::getPath)
              .filter(file -> isPairs(file.getName()))
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw new InputException(
            "%s holds no examples: give .jsonl, .json (compressed or not) or .parquet with inputs and targets"
                .formatted(path));
      }
      return files;
    } catch (FileNotFoundException e) {
      throw new InputException(
          "%s: there is no such file or folder of examples".formatted(path), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + path, e);
    }
  }

  private static boolean isPairs(String name) {
    return JSON.matcher(name).matches() || PARQUET.matcher(name).matches();
  }

  /**
   * Opens a file.
   *
   * @throws InputException if it is damaged or holds something else, here and while reading; the
   *     message names file and line
   */
  public static TextPairs open(Path file, Configuration conf) {
    try {
      if (PARQUET.matcher(file.getName()).matches()) {
        return new TextPairs(file, ParquetPairReader.open(file, conf));
      }
      RawStream raw = new RawStream(file.getFileSystem(conf).open(file));
      return new TextPairs(file, jsonReader(raw, file, conf));
    } catch (IOException e) {
      throw new InputException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static PairReader jsonReader(RawStream raw, Path file, Configuration conf)
      throws IOException {
    try {
      InputStream lines = Unpacked.lines(raw, file.toString(), conf);
      return new JsonPairReader(lines, CorpusReader.LONGEST_LINE);
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  @Override
  public boolean hasNext() {
    if (pending.isEmpty()) {
      pending = advance();
    }
    return pending.isPresent();
  }

  @Override
  public TextPair next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the end of " + file);
    }
    TextPair next = pending.orElseThrow();
    pending = Optional.empty();
    return next;
  }

  /** An error about the example that was handed out last. */
  public InputException wrong(String what) {
    return wrong(read, what);
  }

  private InputException wrong(long position, String what) {
    return new InputException(
        "%s, example %d: %s; mend or remove it".formatted(file, position, what));
  }

  private Optional<TextPair> advance() {
    try {
      Optional<TextPair> next = reader.next();
      read += next.isPresent() ? 1 : 0;
      return next;
    } catch (MalformedLineException e) {
      throw wrong(read + 1, e.getMessage());
    } catch (IOException e) {
      throw wrong(read + 1, "damaged or truncated: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + file, e);
    }
  }
}
