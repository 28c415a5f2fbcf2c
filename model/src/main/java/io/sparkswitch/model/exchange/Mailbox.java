package io.sparkswitch.model.exchange;

import io.netty.buffer.ByteBuf;
import io.sparkswitch.model.exchange.ExchangeException.Reason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * What one peer sent and the program has not yet taken: frame headers, each followed by its bytes
 * in whatever pieces they came.
 *
 * <p>Concurrency: one thread delivers (the network's, or the peer's in one JVM) and only queues;
 * one thread receives, copies the bytes to where they belong and releases them. Any thread may end
 * it.
 *
 * <p>Ordering: first in, first out. What arrived before the end can still be received.
 */
final class Mailbox {
  /** Spinning so long spares a short wait two context switches, and costs a long one little. */
  private static final long SPIN_NANOS = 20_000;

  /** What is waited for, since when and for how long. */
  private record Wait(Tag tag, long start, long nanos) {}

  /** Why nothing more will come. */
  record Ending(int culprit, Reason reason, String text, Throwable cause) {}

  private final int peer;
  private final Duration patience;
  private final ConcurrentLinkedQueue<Object> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong queuedBytes = new AtomicLong();
  private volatile String peerName;
  private volatile Runnable drained = () -> {};
  private volatile Thread waiter;
  private volatile Ending ending;

  Mailbox(int peer, String peerName, Duration patience) {
    this.peer = peer;
    this.peerName = peerName;
    this.patience = patience;
  }

  String peerName() {
    return peerName;
  }

  void rename(String name) {
    peerName = name;
  }

  /** Called by the receiver after each piece that it took. */
  void onDrained(Runnable action) {
    drained = action;
  }

  long queuedBytes() {
    return queuedBytes.get();
  }

  /** Queues without waking: {@link #wake} follows. */
  void deliver(Frame frame) {
    queue.add(frame);
  }

  /** Queues a piece, whose reference passes to this mailbox. */
  void deliver(ByteBuf piece) {
    queuedBytes.addAndGet(piece.readableBytes());
    queue.add(piece);
  }

  void wake() {
    Thread thread = waiter;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  /** Nothing more will come: a wait that finds nothing fails at once. The first ending counts. */
  void end(Ending why) {
    synchronized (this) {
      if (ending == null) {
        ending = why;
      }
    }
    wake();
  }

  /** Whether a receive would have to wait for a first frame. */
  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** Why nothing more will come; empty while something may. */
  Optional<Ending> ending() {
    return Optional.ofNullable(ending);
  }

  /** Releases what nobody will receive. */
  void discard() {
    for (Object next = queue.poll(); next != null; next = queue.poll()) {
      if (next instanceof ByteBuf piece) {
        queuedBytes.addAndGet(-piece.readableBytes());
        piece.release();
      }
    }
  }

  /** See {@link Peers#receive(int, Tag, ByteBuffer...)}. */
  void receive(Tag tag, ByteBuffer... into) {
    Wait wait = new Wait(tag, System.nanoTime(), patience.toNanos());
    long expected = ByteBuffers.remaining(into);
    Frame frame = header(wait);
    if (frame.total() != expected) {
      throw mismatch(
          "%s sent %d bytes for [%s], but %d were expected"
              .formatted(peerName, frame.total(), tag, expected));
    }
    fill(frame, into, wait);
  }

  /** See {@link Peers#receive(int, Tag, int)}. */
  byte[] receive(Tag tag, int maxBytes) {
    return receive(tag, maxBytes, patience);
  }

  /** As the other, with another bound of the wait. */
  byte[] receive(Tag tag, int maxBytes, Duration within) {
    Wait wait = new Wait(tag, System.nanoTime(), within.toNanos());
    Frame frame = header(wait);
    if (frame.total() > maxBytes) {
      throw mismatch(
          "%s sent %d bytes for [%s], but at most %d were expected"
              .formatted(peerName, frame.total(), tag, maxBytes));
    }
    byte[] bytes = new byte[(int) frame.total()];
    fill(frame, new ByteBuffer[] {ByteBuffer.wrap(bytes)}, wait);
    return bytes;
  }

  private void fill(Frame first, ByteBuffer[] into, Wait wait) {
    int target = 0;
    long missing = first.total();
    Frame frame = first;
    while (true) {
      int inFrame = frame.chunk();
      missing -= inFrame;
      while (inFrame > 0) {
        ByteBuf piece = (ByteBuf) next(wait);
        int bytes = piece.readableBytes();
        try {
          target = pour(piece, into, target);
        } finally {
          piece.release();
        }
        inFrame -= bytes;
        queuedBytes.addAndGet(-bytes);
        drained.run();
      }
      if (missing <= 0) {
        return;
      }
      frame = header(wait);
      if (frame.total() != first.total() || frame.chunk() > missing) {
        throw mismatch(
            "%s sent frames of %d and %d bytes for one message [%s]"
                .formatted(peerName, first.total(), frame.total(), first.tag()));
      }
    }
  }

  private static int pour(ByteBuf piece, ByteBuffer[] into, int from) {
    int target = from;
    while (piece.isReadable()) {
      while (!into[target].hasRemaining()) {
        target++;
      }
      ByteBuffer buffer = into[target];
      int bytes = Math.min(buffer.remaining(), piece.readableBytes());
      int limit = buffer.limit();
      piece.readBytes(buffer.limit(buffer.position() + bytes));
      buffer.limit(limit);
    }
    return target;
  }

  private Frame header(Wait wait) {
    Frame frame = (Frame) next(wait);
    if (!wait.tag.equals(frame.tag())) {
      throw mismatch(
          "%s sent [%s], but [%s] was expected: the two sides do not run the same program"
              .formatted(peerName, frame.tag(), wait.tag));
    }
    return frame;
  }

  private Object next(Wait wait) {
    Object head = queue.poll();
    if (head != null) {
      return head;
    }
    long spinEnd = System.nanoTime() + SPIN_NANOS;
    while (System.nanoTime() - spinEnd < 0) {
      Thread.onSpinWait();
      head = queue.poll();
      if (head != null) {
        return head;
      }
    }
    waiter = Thread.currentThread();
    try {
      return park(wait);
    } finally {
      waiter = null;
    }
  }

  private Object park(Wait wait) {
    while (true) {
      Ending end = ending; // read first: whatever came before the end is then in the queue
      Object head = queue.poll();
      if (head != null) {
        return head;
      }
      long waited = System.nanoTime() - wait.start;
      if (end != null) {
        throw new ExchangeException(
            end.reason(), end.culprit(), end.text() + "; " + waiting(wait, waited), end.cause());
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new ExchangeException(
            Reason.INTERRUPTED, peer, "interrupted; " + waiting(wait, waited));
      }
      long left = wait.nanos - waited;
      if (left <= 0) {
        throw new ExchangeException(
            Reason.TIMED_OUT, peer, waiting(wait, waited) + ": nothing more came");
      }
      LockSupport.parkNanos(this, left);
    }
  }

  private String waiting(Wait wait, long waited) {
    return "waited %.1f s for %s to send [%s]".formatted(waited / 1e9, peerName, wait.tag);
  }

  private ExchangeException mismatch(String message) {
    return new ExchangeException(Reason.MISMATCH, peer, message);
  }
}
