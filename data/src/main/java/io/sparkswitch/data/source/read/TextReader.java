package io.sparkswitch.data.source.read;

import io.sparkswitch.data.source.Document;
import io.sparkswitch.data.source.SourceRecord;
import io.sparkswitch.data.source.unpack.ByteLines;
import io.sparkswitch.data.source.unpack.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Plain text: a file is one document, as a book is, with its paragraphs and the empty lines between
 * them. A long file is several documents: each ends at the first empty line after {@value #ENOUGH}
 * bytes, at the latest with the line that takes it to {@value #TOO_MUCH}. A document's place is the
 * byte at which it begins. Carriage returns before line feeds, and empty lines at the ends of a
 * document, are left out.
 */
final class TextReader implements FormatReader {
  static final int ENOUGH = 1 << 20;
  static final int TOO_MUCH = 4 << 20;

  private final ByteLines lines;
  private final int longestLine;
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private long begin;
  private boolean overlong;

  /** A document with a line of more than {@code longestLine} bytes is malformed. */
  TextReader(InputStream in, int longestLine) {
    this.lines = new ByteLines(in, longestLine);
    this.longestLine = longestLine;
  }

  @Override
  public Optional<SourceRecord> next() throws IOException {
    text.reset();
    overlong = false;
    while (lines.advance()) {
      int length = withoutReturn();
      if (text.size() == 0) {
        begin = lines.position();
      }
      if (length == 0 && text.size() >= ENOUGH) {
        break;
      }
      overlong |= lines.overlong();
      if (length > 0 || text.size() > 0) {
        text.write(lines.bytes(), lines.offset(), length);
        text.write('\n');
      }
      if (overlong || text.size() >= TOO_MUCH) {
        break;
      }
    }
    return text.size() == 0 ? Optional.empty() : Optional.of(record());
  }

  @Override
  public long position() {
    return begin;
  }

  @Override
  public byte[] partial() {
    text.writeBytes(lines.content());
    return text.toByteArray();
  }

  @Override
  public void close() {}

  private int withoutReturn() {
    int length = lines.length();
    boolean returned = length > 0 && lines.bytes()[lines.offset() + length - 1] == '\r';
    return returned ? length - 1 : length;
  }

  private SourceRecord record() {
    byte[] bytes = text.toByteArray();
    if (overlong) {
      return new SourceRecord.Malformed(
          begin, "line of more than %d bytes".formatted(longestLine), bytes);
    }
    if (!Utf8.isValid(bytes, 0, bytes.length)) {
      return new SourceRecord.Malformed(begin, "not UTF-8", bytes);
    }
    String whole = new String(bytes, StandardCharsets.UTF_8);
    return new SourceRecord.Kept(begin, new Document("", withoutFeeds(whole), "", ""));
  }

  private static String withoutFeeds(String text) {
    int length = text.length();
    while (length > 0 && text.charAt(length - 1) == '\n') {
      length--;
    }
    return text.substring(0, length);
  }
}
