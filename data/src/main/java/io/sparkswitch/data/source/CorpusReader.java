package io.sparkswitch.data.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Streams one file of JSON lines, gzip by its name. Every line comes out once, kept or malformed; a
 * damaged or truncated file ends in one malformed record. Holds one line at a time.
 */
public final class CorpusReader implements Iterator<SourceRecord>, AutoCloseable {
  /** A longer line is malformed, and only its beginning is handed on. */
  static final int LONGEST_LINE = 64 << 20;

  private final CorpusFile file;
  private final RawStream raw;
  private final int longestLine;
  private ByteLines lines;
  private SourceRecord pending;
  private boolean ended;
  private long line;
  private long documents;
  private long malformed;

  private CorpusReader(CorpusFile file, RawStream raw, int longestLine) {
    this.file = file;
    this.raw = raw;
    this.longestLine = longestLine;
  }

  /** Opens a file; damaged content shows while reading. */
  public static CorpusReader open(CorpusFile file, Configuration conf) {
    return open(file, conf, LONGEST_LINE);
  }

  static CorpusReader open(CorpusFile file, Configuration conf, int longestLine) {
    Path path = new Path(file.path());
    try {
      return new CorpusReader(
          file, new RawStream(path.getFileSystem(conf).open(path)), longestLine);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open " + file.path(), e);
    }
  }

  @Override
  public boolean hasNext() {
    if (pending == null && !ended) {
      pending = read();
      ended |= pending == null;
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

  /** Lines read so far, the damaged end of a file counting as one. */
  public long linesRead() {
    return line;
  }

  /** SHA-256 of the stored bytes; reads to the end of the file. Call once, last. */
  public String drainAndDigest() {
    return raw.drainAndDigest();
  }

  /** Stored bytes read so far. */
  public long bytesRead() {
    return raw.bytes();
  }

  @Override
  public void close() {
    try {
      raw.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + file.path(), e);
    }
  }

  private SourceRecord read() {
    try {
      if (lines == null) {
        lines = new ByteLines(content(), longestLine);
      }
      if (!lines.advance()) {
        return null;
      }
    } catch (IOException e) {
      // Only the decompressor throws this; the storage's own failures are unchecked.
      ended = true;
      byte[] rest = lines == null ? new byte[0] : lines.content();
      return new SourceRecord.Malformed(++line, "damaged or truncated: " + e.getMessage(), rest);
    }
    return record(++line, lines.content());
  }

  private InputStream content() throws IOException {
    return file.name().endsWith(".gz") ? new GZIPInputStream(raw, 1 << 16) : raw;
  }

  private SourceRecord record(long number, byte[] content) {
    if (lines.overlong()) {
      return new SourceRecord.Malformed(
          number, "line of more than %d bytes".formatted(longestLine), content);
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
      return new SourceRecord.Kept(number, C4Json.parse(text).inLanguage(file.language()));
    } catch (CharacterCodingException e) {
      return new SourceRecord.Malformed(number, "not UTF-8", content);
    } catch (MalformedLineException e) {
      return new SourceRecord.Malformed(number, e.getMessage(), content);
    }
  }
}
