package io.sparkswitch.model.exchange;

/**
 * Some messages of {@link NettyExchange}, reckoned. Without encryption {@link #framed} is, byte for
 * byte, what goes into the socket: handshakes, introductions, goodbyes and heartbeats, which do not
 * belong to a step, are left out.
 *
 * <p>Concurrency: immutable.
 *
 * <p>Ordering: none.
 *
 * @param count number of messages
 * @param bytes what they carry together
 * @param frames frames they are cut into; an empty message is one
 */
public record Messages(long count, long bytes, long frames) {
  /** Header of five bytes, type of one, authentication of sixteen (RFC 8446, section 5.2). */
  private static final long RECORD_OVERHEAD = 22;

  private static final long RECORD_BYTES = 1 << 14;

  public Messages {
    if (count < 0 || bytes < 0 || frames < count) {
      throw new IllegalArgumentException(
          "%d messages of %d bytes together, in %d frames".formatted(count, bytes, frames));
    }
  }

  public static Messages none() {
    return new Messages(0, 0, 0);
  }

  /** One message. */
  public static Messages of(long bytes) {
    return new Messages(1, bytes, frames(bytes));
  }

  /** Of one message. */
  static long frames(long bytes) {
    return Math.max(1, (bytes + Frame.MAX_CHUNK - 1) / Frame.MAX_CHUNK);
  }

  public Messages plus(Messages other) {
    return new Messages(
        Math.addExact(count, other.count),
        Math.addExact(bytes, other.bytes),
        Math.addExact(frames, other.frames));
  }

  /** What they carry and the headers of their frames. */
  public long framed() {
    return Math.addExact(bytes, Math.multiplyExact(frames, (long) Frame.HEADER_BYTES));
  }

  /**
   * Most bytes that these are under TLS 1.3. How many records they are depends on what waits
   * together for the socket: at least one for 16 KiB begun, at most also one for every header.
   */
  public long encryptedAtMost() {
    return framed() + RECORD_OVERHEAD * (frames + count + bytes / RECORD_BYTES);
  }
}
