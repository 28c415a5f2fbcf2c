package io.sparkswitch.data.source.read;

import io.sparkswitch.data.source.SourceRecord;
import io.sparkswitch.data.source.unpack.ByteLines;
import io.sparkswitch.data.source.unpack.MalformedLineException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** One JSON object a line; a line's place is its number, from 1. */
final class JsonLinesReader implements FormatReader {
  private final ByteLines lines;
  private final int longestLine;
  private long line = 1;

  /** Lines of more than {@code longestLine} bytes are malformed. */
  JsonLinesReader(InputStream in, int longestLine) {
    this.lines = new ByteLines(in, longestLine);
    this.longestLine = longestLine;
  }

  @Override
  public Optional<SourceRecord> next() throws IOException {
    return lines.advance() ? Optional.of(record(line++)) : Optional.empty();
  }

  @Override
  public long position() {
    return line;
  }

  @Override
  public byte[] partial() {
    return lines.content();
  }

  @Override
  public void close() {}

  private SourceRecord record(long number) {
    try {
      if (lines.overlong()) {
        throw new MalformedLineException("line of more than %d bytes".formatted(longestLine));
      }
      return new SourceRecord.Kept(
          number, C4Json.parse(lines.bytes(), lines.offset(), lines.length()));
    } catch (MalformedLineException e) {
      return new SourceRecord.Malformed(number, e.getMessage(), lines.content());
    }
  }
}
