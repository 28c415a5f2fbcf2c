package io.sparkswitch.data.source.unpack;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The stored bytes of a file, digested as they pass. Failures of the storage come out unchecked, so
 * that a checked exception from a decompressor above always means damaged content.
 */
public final class RawStream extends InputStream {
  private final InputStream source;
  private final MessageDigest digest;
  private final byte[] buffer = new byte[1 << 16];
  private int next;
  private int limit;
  private long bytes;

  public RawStream(InputStream source) {
    this.source = source;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public int read() {
    return fill() ? buffer[next++] & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, limit - next);
    System.arraycopy(buffer, next, target, offset, count);
    next += count;
    return count;
  }

  /** The next bytes, so many if there are, without reading them. */
  public byte[] peek(int count) {
    while (limit - next < count && append()) {}
    return Arrays.copyOfRange(buffer, next, Math.min(limit, next + count));
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  /** Reads what is left and returns the digest of all bytes. Call once. */
  public String drainAndDigest() {
    while (fill()) {
      next = limit;
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  public long bytes() {
    return bytes;
  }

  private boolean fill() {
    return next < limit || append();
  }

  private boolean append() {
    System.arraycopy(buffer, next, buffer, 0, limit - next);
    limit -= next;
    next = 0;
    try {
      int count = source.read(buffer, limit, buffer.length - limit);
      if (count <= 0) {
        return false;
      }
      digest.update(buffer, limit, count);
      limit += count;
      bytes += count;
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
