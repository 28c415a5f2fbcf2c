package io.sparkswitch.data.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Splits a stream at line feeds, holding one line at a time and of that no more than a limit. */
final class ByteLines {
  private final InputStream in;
  private final int limit;
  private final byte[] buffer = new byte[1 << 16];
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private int next;
  private int end;
  private long length;

  ByteLines(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /** Moves to the next line and tells whether there is one. */
  boolean advance() throws IOException {
    line.reset();
    length = 0;
    boolean started = false;
    while (true) {
      if (next == end) {
        next = 0;
        end = Math.max(0, in.read(buffer));
        if (end == 0) {
          return started;
        }
      }
      started = true;
      int start = next;
      while (next < end && buffer[next] != '\n') {
        next++;
      }
      keep(start, next - start);
      if (next < end) {
        next++;
        return true;
      }
    }
  }

  /** The bytes of the line, at most the limit; after an exception what was read of it. */
  byte[] content() {
    return line.toByteArray();
  }

  /** Whether the line had more bytes than the limit. */
  boolean overlong() {
    return length > limit;
  }

  private void keep(int start, int count) {
    length += count;
    line.write(buffer, start, Math.min(count, limit - line.size()));
  }
}
