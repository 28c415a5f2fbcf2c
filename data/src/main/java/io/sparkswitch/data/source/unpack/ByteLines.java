package io.sparkswitch.data.source.unpack;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Splits a stream at line feeds, without the byte order mark that it may begin with. Holds one line
 * at a time, of that no more than a limit, and hands it out where it was read, without a copy.
 */
public final class ByteLines {
  private static final int CHUNK = 1 << 16;
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long FEEDS = '\n' * ONES;
  private static final long HIGHEST_BITS = 0x8080808080808080L;
  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final InputStream in;
  private final int limit;
  private byte[] buffer = new byte[CHUNK];
  private int next;
  private int end;
  private long base;
  private byte[] line = buffer;
  private int start;
  private int length;
  private long position;
  private boolean overlong;

  /** Lines of at most {@code limit} bytes. */
  public ByteLines(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /** Moves to the next line and tells whether there is one. */
  public boolean advance() throws IOException {
    boolean found = scan();
    int marked = Math.min(start + MARK.length, start + length);
    if (found && position == 0 && Arrays.equals(MARK, Arrays.copyOfRange(line, start, marked))) {
      start += MARK.length;
      length -= MARK.length;
    }
    return found;
  }

  private boolean scan() throws IOException {
    line = buffer;
    start = next;
    length = 0;
    overlong = false;
    position = base + start;
    while (true) {
      int feed = indexOfFeed(start + length);
      length = feed - start;
      if (length > limit) {
        skip(feed);
        return true;
      }
      if (feed < end) {
        next = feed + 1;
        return true;
      }
      next = end;
      if (!append()) {
        return length > 0;
      }
    }
  }

  /** The array that holds the line, from {@link #offset}; valid until the next advance. */
  public byte[] bytes() {
    return line;
  }

  public int offset() {
    return start;
  }

  /** Bytes of the line without its line feed; of an overlong line those that were kept. */
  public int length() {
    return length;
  }

  /** A copy of the line; after an exception of what was read of it. */
  public byte[] content() {
    return Arrays.copyOfRange(line, start, start + length);
  }

  /** Whether the line had more bytes than the limit: then only its beginning is kept. */
  public boolean overlong() {
    return overlong;
  }

  /** Bytes of the stream before the line. */
  public long position() {
    return position;
  }

  private int indexOfFeed(int from) {
    int at = from;
    while (at + Long.BYTES <= end && !holdsFeed((long) WORD.get(buffer, at))) {
      at += Long.BYTES;
    }
    while (at < end && buffer[at] != '\n') {
      at++;
    }
    return at;
  }

  /** Whether a byte of the word is a line feed: borrowing marks the bytes that are zero. */
  private static boolean holdsFeed(long word) {
    long zeroAtFeeds = word ^ FEEDS;
    return ((zeroAtFeeds - ONES) & ~zeroAtFeeds & HIGHEST_BITS) != 0;
  }

  /** Moves the line to the front, makes room behind it and reads on. */
  private boolean append() throws IOException {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, length);
      base += start;
      start = 0;
      end = length;
      next = end;
    }
    if (end == buffer.length) {
      int doubled = Math.multiplyExact(buffer.length, 2);
      buffer = Arrays.copyOf(buffer, doubled < limit ? doubled : Math.addExact(limit, CHUNK));
      line = buffer;
    }
    int count = in.read(buffer, end, buffer.length - end);
    end += Math.max(0, count);
    return count > 0;
  }

  /** Keeps the beginning of an overlong line and reads to its end. */
  private void skip(int feed) throws IOException {
    overlong = true;
    line = Arrays.copyOfRange(buffer, start, start + Math.min(limit, CHUNK));
    start = 0;
    length = line.length;
    int found = feed;
    while (found == end) {
      base += end;
      end = 0;
      next = 0;
      buffer = buffer.length > CHUNK ? new byte[CHUNK] : buffer;
      end = Math.max(0, in.read(buffer));
      if (end == 0) {
        return;
      }
      found = indexOfFeed(0);
    }
    next = found + 1;
  }
}
