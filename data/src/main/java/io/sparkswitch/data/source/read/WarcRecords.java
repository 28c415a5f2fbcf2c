package io.sparkswitch.data.source.read;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.netpreserve.jwarc.MessageHeaders;
import org.netpreserve.jwarc.WarcParser;

/** The WARC records of a stream: headers through jwarc's parser, bodies by their length. */
final class WarcRecords {
  private static final int CHUNK = 1 << 13;
  private static final int LONGEST_HEADER = 1 << 20;

  private final InputStream in;
  private final WarcParser parser = new WarcParser();
  private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK).flip();
  private long taken;
  private long position;
  private long left;

  WarcRecords(InputStream in) {
    this.in = in;
    parser.setLenient(true);
  }

  /** Passes over what is left of a record and the line ends; tells whether another one begins. */
  boolean hasNext() throws IOException {
    while (left > 0) {
      body(CHUNK);
    }
    while (buffer.hasRemaining() || fill()) {
      byte first = buffer.get(buffer.position());
      if (first != '\r' && first != '\n') {
        position = taken;
        return true;
      }
      buffer.get();
      taken++;
    }
    position = taken;
    return false;
  }

  /**
   * As {@link #hasNext}, for a record whose body was taken.
   *
   * @throws IOException if something else follows: the body was not what its length says
   */
  boolean endsCleanly() throws IOException {
    long end = taken;
    boolean more = hasNext();
    boolean separate = taken > end && buffer.hasRemaining() && buffer.get(buffer.position()) == 'W';
    if (more && !separate) {
      throw new IOException("WARC record is longer than its Content-Length");
    }
    return more;
  }

  /** The header of the next record. */
  MessageHeaders next() throws IOException {
    parser.reset();
    while (!parser.isFinished()) {
      if (!buffer.hasRemaining() && !fill()) {
        throw new EOFException("WARC header is cut off");
      }
      parse();
      if (parser.isError() || parser.position() > LONGEST_HEADER) {
        throw new IOException("not a WARC header");
      }
    }
    if (!parser.version().getProtocol().equals("WARC")) {
      throw new IOException("not a WARC header but one of " + parser.version().getProtocol());
    }
    taken += parser.position();
    MessageHeaders headers = parser.headers();
    left = length(headers.first("Content-Length").orElse("missing"));
    return headers;
  }

  /** The length of the body of the record that was not taken yet. */
  long left() {
    return left;
  }

  /** The next bytes of the record's body, at most so many. */
  byte[] body(int limit) throws IOException {
    byte[] body = new byte[(int) Math.min(left, limit)];
    int buffered = Math.min(body.length, buffer.remaining());
    buffer.get(body, 0, buffered);
    int count = buffered + in.readNBytes(body, buffered, body.length - buffered);
    taken += count;
    left -= count;
    if (count < body.length) {
      left = 0;
      throw new EOFException("WARC record is cut off");
    }
    return body;
  }

  /** Bytes of the stream before the record. */
  long position() {
    return position;
  }

  private void parse() throws IOException {
    try {
      parser.parse(buffer);
    } catch (RuntimeException e) {
      // It knows the older ARC too, and throws on dates there that are none.
      throw new IOException("not a WARC header", e);
    }
  }

  private static long length(String field) throws IOException {
    Optional<Long> length = Optional.empty();
    try {
      length = Optional.of(Long.parseLong(field)).filter(value -> value >= 0);
    } catch (NumberFormatException e) {
      // As wrong as a negative one.
    }
    return length.orElseThrow(
        () -> new IOException("WARC header has Content-Length %s".formatted(field)));
  }

  private boolean fill() throws IOException {
    buffer.clear();
    int count = in.read(buffer.array());
    buffer.limit(Math.max(0, count));
    return count > 0;
  }
}
