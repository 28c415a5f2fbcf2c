package io.sparkswitch.model.exchange;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Bytes of messages that one member has sent to others and received from them, by what they
 * carried. What stays with a member does not travel and is not counted, nor are the headers of
 * frames.
 *
 * <p>Concurrency: one thread counts, any thread reads.
 *
 * <p>Ordering: none.
 */
public final class Traffic {
  private static final int KINDS = Direction.values().length;

  private final AtomicLongArray sent = new AtomicLongArray(KINDS);
  private final AtomicLongArray received = new AtomicLongArray(KINDS);
  private final AtomicLongArray messagesSent = new AtomicLongArray(KINDS);
  private final AtomicLongArray messagesReceived = new AtomicLongArray(KINDS);

  Traffic() {}

  public long sent(Direction direction) {
    return sent.get(direction.ordinal());
  }

  public long received(Direction direction) {
    return received.get(direction.ordinal());
  }

  /** Number of messages, empty ones included. */
  public long messagesSent(Direction direction) {
    return messagesSent.get(direction.ordinal());
  }

  /** Number of messages, empty ones included. */
  public long messagesReceived(Direction direction) {
    return messagesReceived.get(direction.ordinal());
  }

  /** Of all directions. */
  public long sent() {
    return sum(sent);
  }

  /** Of all directions. */
  public long received() {
    return sum(received);
  }

  void countSent(Direction direction, long bytes) {
    sent.addAndGet(direction.ordinal(), bytes);
    messagesSent.incrementAndGet(direction.ordinal());
  }

  void countReceived(Direction direction, long bytes) {
    received.addAndGet(direction.ordinal(), bytes);
    messagesReceived.incrementAndGet(direction.ordinal());
  }

  private static long sum(AtomicLongArray counts) {
    long sum = 0;
    for (int i = 0; i < KINDS; i++) {
      sum += counts.get(i);
    }
    return sum;
  }
}
