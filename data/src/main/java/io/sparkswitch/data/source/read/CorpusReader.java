package io.sparkswitch.data.source.read;

import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.source.SourceRecord;
import io.sparkswitch.data.source.unpack.RawStream;
import io.sparkswitch.data.source.unpack.Unpacked;
import io.sparkswitch.data.source.unpack.WrongExtensionException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Streams one file of a corpus. Every line, row or record comes out once, kept or malformed; a
 * damaged or truncated file ends in one malformed record, and a file that holds nothing is one.
 * Holds one record at a time, of Parquet one row group.
 */
public final class CorpusReader implements Iterator<SourceRecord>, AutoCloseable {
  /** A longer line is malformed, and only its beginning is handed on. */
  public static final int LONGEST_LINE = 64 << 20;

  private static final String EMPTY = "empty: the file holds no document";

  private final CorpusFile file;
  private final Configuration conf;
  private final RawStream raw;
  private final int longestLine;
  private FormatReader reader;
  private SourceRecord pending;
  private boolean ended;
  private long read;
  private long documents;
  private long malformed;

  private CorpusReader(CorpusFile file, Configuration conf, RawStream raw, int longestLine) {
    this.file = file;
    this.conf = conf;
    this.raw = raw;
    this.longestLine = longestLine;
  }

  /**
   * Opens a file; damaged content shows while reading.
   *
   * @throws InputException if there is no such file
   * @throws UncheckedIOException if the storage fails, here and while reading
   */
  public static CorpusReader open(CorpusFile file, Configuration conf) {
    return open(file, conf, LONGEST_LINE);
  }

  static CorpusReader open(CorpusFile file, Configuration conf, int longestLine) {
    Path path = new Path(file.path());
    try {
      RawStream raw = new RawStream(path.getFileSystem(conf).open(path));
      return new CorpusReader(file, conf, raw, longestLine);
    } catch (FileNotFoundException e) {
      throw new InputException(
          "corpus file %s is gone: put it back, or run again without it if it was never finished"
              .formatted(file.path()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open " + file.path(), e);
    }
  }

  @Override
  public boolean hasNext() {
    if (pending == null && !ended) {
      pending = read();
      ended |= pending == null;
      read += pending == null ? 0 : 1;
    }
    return pending != null;
  }

  @Override
  public SourceRecord next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the end of " + file.path());
    }
    SourceRecord record = pending;
    pending = null;
    if (record instanceof SourceRecord.Kept) {
      documents++;
    } else {
      malformed++;
    }
    return record;
  }

  /** Documents handed out so far. */
  public long documents() {
    return documents;
  }

  /** Malformed records handed out so far. */
  public long malformed() {
    return malformed;
  }

  /** Lines, rows or records read so far, the damaged end of a file counting as one. */
  public long linesRead() {
    return read;
  }

  /** SHA-256 of the stored bytes; reads to the end of the file. Call once, last. */
  public String drainAndDigest() {
    return raw.drainAndDigest();
  }

  /** Stored bytes read so far; after {@link #drainAndDigest} all of them. */
  public long bytesRead() {
    return raw.bytes();
  }

  @Override
  public void close() {
    try (raw) {
      if (reader != null) {
        reader.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + file.path(), e);
    }
  }

  private SourceRecord read() {
    try {
      if (reader == null && raw.peek(1).length == 0) {
        ended = true;
        return malformed(EMPTY);
      }
      if (reader == null) {
        reader = opened();
      }
      Optional<SourceRecord> next = reader.next();
      if (next.isPresent()) {
        return inLanguage(next.get());
      }
      return read == 0 ? malformed(EMPTY) : null;
    } catch (WrongExtensionException e) {
      ended = true;
      return malformed(e.getMessage());
    } catch (IOException e) {
      // Only damaged content throws this; the storage's own failures are unchecked.
      ended = true;
      return malformed("damaged or truncated: " + e.getMessage());
    }
  }

  private FormatReader opened() throws IOException {
    return switch (file.format()) {
      case C4_JSON, JSON_LINES ->
          new JsonLinesReader(Unpacked.lines(raw, file.path(), conf), longestLine);
      case TEXT -> new TextReader(Unpacked.lines(raw, file.path(), conf), longestLine);
      case PARQUET -> ParquetTextReader.open(raw, file.path(), conf, longestLine);
      case WET -> WetReader.open(raw, longestLine);
    };
  }

  private SourceRecord malformed(String reason) {
    long position = reader == null ? file.format().first() : reader.position();
    byte[] content = reader == null ? new byte[0] : reader.partial();
    return new SourceRecord.Malformed(position, reason, content);
  }

  private SourceRecord inLanguage(SourceRecord record) {
    if (record instanceof SourceRecord.Kept kept) {
      return new SourceRecord.Kept(kept.position(), kept.document().inLanguage(file.language()));
    }
    return record;
  }
}
