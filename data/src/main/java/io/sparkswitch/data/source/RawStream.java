package io.sparkswitch.data.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The stored bytes of a file, digested as they pass. Failures of the storage come out unchecked, so
 * that a checked exception from a decompressor above always means damaged content.
 */
final class RawStream extends InputStream {
  private final InputStream source;
  private final MessageDigest digest;
  private final byte[] buffer = new byte[1 << 16];
  private int next;
  private int limit;
  private long bytes;

  RawStream(InputStream source) {
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

  /** Zero at the very end only: GZIPInputStream looks for a further member by this number. */
  @Override
  public int available() {
    return fill() ? limit - next : 0;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  /** Reads what is left and returns the digest of all bytes. Call once. */
  String drainAndDigest() {
    while (fill()) {
      next = limit;
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  long bytes() {
    return bytes;
  }

  private boolean fill() {
    if (next < limit) {
      return true;
    }
    try {
      int count = source.read(buffer);
      if (count <= 0) {
        return false;
      }
      next = 0;
      limit = count;
      bytes += count;
      digest.update(buffer, 0, count);
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
