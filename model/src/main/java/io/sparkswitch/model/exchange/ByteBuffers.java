package io.sparkswitch.model.exchange;

import java.nio.ByteBuffer;

/**
 * Arithmetic on several buffers that hold one message.
 *
 * <p>Concurrency: stateless.
 *
 * <p>Ordering: the buffers' own.
 */
final class ByteBuffers {
  private ByteBuffers() {}

  /** Bytes left in all buffers together. */
  static long remaining(ByteBuffer... buffers) {
    long sum = 0;
    for (ByteBuffer buffer : buffers) {
      sum += buffer.remaining();
    }
    return sum;
  }
}
