package io.sparkswitch.data.source.unpack;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * The members of a gzip file, one after the other, each compared with its checksum. What follows a
 * member has to be a member too, or zero bytes: nothing is left unread in silence.
 *
 * <p>Source: RFC 1952.
 */
public final class GzipMembers implements AutoCloseable {
  private static final int CHUNK = 1 << 16;
  private static final int HEADER = 10;
  private static final int TRAILER = 8;
  private static final int WITH_CHECKSUM = 2;
  private static final int WITH_EXTRA = 4;
  private static final int WITH_NAME = 8;
  private static final int WITH_COMMENT = 16;
  private static final int RESERVED = 0xe0;

  private final RawStream raw;
  private final int keep;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32();
  private byte[] buffer = new byte[CHUNK];
  private int next;
  private int end;
  private long base;
  private int kept = -1;
  private long start;
  private boolean ended;

  /** Keeps up to {@code keep} stored bytes of a member, for {@link #recover}. */
  public GzipMembers(RawStream raw, int keep) {
    this.raw = raw;
    this.keep = keep;
  }

  /** Whether bytes can be the beginning of a member. */
  static boolean beginsIn(byte[] bytes, int at) {
    return at + 3 < bytes.length
        && bytes[at] == 0x1f
        && bytes[at + 1] == (byte) 0x8b
        && bytes[at + 2] == 8
        && (bytes[at + 3] & RESERVED) == 0;
  }

  /** Moves to the next member; the one before it has to be read to its end. */
  public boolean advance() throws IOException {
    kept = -1;
    while (has(1) && buffer[next] == 0) {
      next++;
    }
    start = base + next;
    if (!has(1)) {
      return false;
    }
    kept = keep > 0 ? next : -1;
    if (!has(HEADER) || !beginsIn(buffer, next)) {
      throw new ZipException("no gzip member at byte %d".formatted(start));
    }
    skipHeader();
    inflater.reset();
    checksum.reset();
    ended = false;
    return true;
  }

  /** Stored bytes before the member. */
  public long start() {
    return start;
  }

  /** Unpacks some bytes; -1 at the end of the member, whose checksum then was right. */
  public int read(byte[] target, int offset, int length) throws IOException {
    while (!ended) {
      int count = inflate(target, offset, length);
      if (count > 0) {
        checksum.update(target, offset, count);
        return count;
      }
      if (inflater.finished()) {
        next -= inflater.getRemaining();
        finish();
      } else {
        require(1);
        inflater.setInput(buffer, next, end - next);
        next = end;
      }
    }
    return -1;
  }

  /**
   * Moves to the next place behind the member's start where a member may begin, if there is one.
   */
  public boolean recover() {
    next = kept >= 0 ? kept + 1 : next - inflater.getRemaining();
    kept = -1;
    inflater.reset();
    while (has(HEADER)) {
      if (beginsIn(buffer, next)) {
        return true;
      }
      next++;
    }
    next = end;
    return false;
  }

  @Override
  public void close() {
    inflater.end();
  }

  private int inflate(byte[] target, int offset, int length) throws IOException {
    try {
      return inflater.inflate(target, offset, length);
    } catch (DataFormatException e) {
      throw new ZipException("%s in gzip member at byte %d".formatted(e.getMessage(), start));
    }
  }

  private void finish() throws IOException {
    long length = inflater.getBytesWritten();
    inflater.reset();
    require(TRAILER);
    boolean whole = word() == checksum.getValue();
    if (!whole | word() != (length & 0xffffffffL)) {
      throw new ZipException("wrong checksum of gzip member at byte %d".formatted(start));
    }
    ended = true;
  }

  private long word() {
    long word = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      word |= (buffer[next++] & 0xffL) << (Byte.SIZE * i);
    }
    return word;
  }

  private void skipHeader() throws IOException {
    int flags = buffer[next + 3];
    next += HEADER;
    if ((flags & WITH_EXTRA) != 0) {
      require(2);
      int extra = buffer[next] & 0xff | (buffer[next + 1] & 0xff) << Byte.SIZE;
      require(2 + extra);
      next += 2 + extra;
    }
    if ((flags & WITH_NAME) != 0) {
      skipString();
    }
    if ((flags & WITH_COMMENT) != 0) {
      skipString();
    }
    if ((flags & WITH_CHECKSUM) != 0) {
      require(2);
      next += 2;
    }
  }

  private void skipString() throws IOException {
    do {
      require(1);
    } while (buffer[next++] != 0);
  }

  private void require(int count) throws EOFException {
    if (!has(count)) {
      throw new EOFException("gzip member at byte %d is cut off".formatted(start));
    }
  }

  private boolean has(int count) {
    while (end - next < count) {
      if (!fill()) {
        return false;
      }
    }
    return true;
  }

  /** Reads on, behind what is not used yet and behind the member's beginning if that is kept. */
  private boolean fill() {
    if (kept >= 0 && end - kept >= keep) {
      kept = -1;
    }
    int from = kept >= 0 ? kept : next;
    System.arraycopy(buffer, from, buffer, 0, end - from);
    base += from;
    next -= from;
    end -= from;
    kept = kept >= 0 ? 0 : -1;
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.multiplyExact(buffer.length, 2));
    }
    int count = raw.read(buffer, end, buffer.length - end);
    end += Math.max(0, count);
    return count > 0;
  }
}
