package io.sparkswitch.model.exchange;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * A message that the program waits for, and the memory where its bytes belong: they are put there
 * as they come, instead of being kept until somebody copies them.
 *
 * <p>Concurrency: one thread at a time, see {@link Mailbox}; any thread may ask whether it is done.
 *
 * <p>Ordering: bytes fill the buffers in the order in which they come.
 */
final class Posting {
  private final Tag tag;
  private final ByteBuffer[] into;
  private final long total;
  private long missing;
  private int missingOfFrame;
  private int target;
  private volatile boolean done;

  /**
   * @param into buffers whose remaining bytes together are the message
   */
  Posting(Tag tag, ByteBuffer... into) {
    this.tag = tag;
    this.into = into;
    this.total = ByteBuffers.remaining(into);
    this.missing = total;
  }

  Tag tag() {
    return tag;
  }

  /** Bytes of the message. */
  long total() {
    return total;
  }

  /** Whether a frame is the next of this message. */
  boolean accepts(Frame frame) {
    return missingOfFrame == 0
        && tag.equals(frame.tag())
        && frame.total() == total
        && frame.chunk() <= missing;
  }

  /** Takes the header of an accepted frame, whose bytes follow. */
  void begin(Frame frame) {
    missingOfFrame = frame.chunk();
    done = missing == 0;
  }

  /** Takes bytes of the frame that has begun. */
  void pour(ByteBuf piece) {
    while (piece.isReadable()) {
      ByteBuffer buffer = target();
      int bytes = Math.min(buffer.remaining(), piece.readableBytes());
      int limit = buffer.limit();
      piece.readBytes(buffer.limit(buffer.position() + bytes));
      buffer.limit(limit);
      taken(bytes);
    }
  }

  /** Where the next bytes of the frame belong, as one range; {@link #filled} says how many came. */
  ByteBuffer region() {
    ByteBuffer buffer = target();
    return buffer.slice(buffer.position(), Math.min(buffer.remaining(), missingOfFrame));
  }

  /** So many bytes were put where {@link #region} said. */
  void filled(int bytes) {
    ByteBuffer buffer = into[target];
    buffer.position(buffer.position() + bytes);
    taken(bytes);
  }

  /** Whether every byte is there. */
  boolean done() {
    return done;
  }

  private ByteBuffer target() {
    while (!into[target].hasRemaining()) {
      target++;
    }
    return into[target];
  }

  private void taken(int bytes) {
    missingOfFrame -= bytes;
    missing -= bytes;
    if (missing == 0) {
      done = true;
    }
  }
}
