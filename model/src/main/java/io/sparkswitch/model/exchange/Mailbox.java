package io.sparkswitch.model.exchange;

import io.netty.buffer.ByteBuf;
import io.sparkswitch.model.exchange.ExchangeException.Reason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one peer sent and the program has not yet taken: frame headers, each followed by its bytes
 * in whatever pieces they came. While the program expects a long message, or waits for one, and
 * nothing is queued, that message's bytes go at once to where they belong, see {@link Posting}.
 *
 * <p>Concurrency: one thread delivers (the network's, or the peer's in one JVM); one thread
 * receives. Whoever touches a posting holds the lock, so that nobody writes to the program's memory
 * once {@code receive} has returned or failed, or {@code withdraw} was called. Any thread may end
 * it.
 *
 * <p>Ordering: first in, first out. What arrived before the end can still be received.
 */
final class Mailbox {
  /**
   * Spinning so long spares a short wait two context switches, and costs a long one little. With
   * one processor it would keep the network thread from it.
   */
  private static final long SPIN_NANOS =
      Runtime.getRuntime().availableProcessors() > 1 ? 20_000 : 0;

  /** Shorter messages are copied from the queue: that is cheaper than two reads. */
  private static final long POSTED_FROM = 64 << 10;

  /** Stands for a posting that is done, where an element of the queue is waited for. */
  private static final Object DONE = new Object();

  /** What is waited for, since when and for how long. */
  private record Wait(Tag tag, long start, long nanos) {}

  /** Why nothing more will come. */
  record Ending(int culprit, Reason reason, String text, Throwable cause) {}

  private final int peer;
  private final Duration patience;
  private final ConcurrentLinkedQueue<Object> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Posting posted;
  private boolean discarded;
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

  /** Delivers without waking: {@link #wake} follows. */
  void deliver(Frame frame) {
    lock.lock();
    try {
      if (discarded) {
        return;
      }
      if (posted != null && posted.accepts(frame)) {
        posted.begin(frame);
      } else {
        posted = null;
        queue.add(frame);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Delivers a piece of the frame before, whose reference passes to this mailbox. */
  void deliver(ByteBuf piece) {
    lock.lock();
    try {
      if (discarded) {
        piece.release();
        return;
      }
      if (posted == null) {
        queuedBytes.addAndGet(piece.readableBytes());
        queue.add(piece);
        return;
      }
      posted.pour(piece);
      piece.release();
      endIfDone();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the next bytes have a place of their own. */
  boolean isPosted() {
    return posted != null;
  }

  /**
   * Where the next bytes of the frame that was delivered last belong, or null if they are to be
   * delivered. Until {@link #filled} or {@link #release} the memory is the caller's.
   */
  ByteBuffer claim() {
    lock.lock();
    if (posted == null) {
      lock.unlock();
      return null;
    }
    return posted.region();
  }

  /** So many bytes were put into what was claimed. */
  void filled(int bytes) {
    posted.filled(bytes);
    endIfDone();
    lock.unlock();
  }

  /** Gives back what was claimed, if anything is. */
  void release() {
    if (lock.isHeldByCurrentThread()) {
      lock.unlock();
    }
  }

  private void endIfDone() {
    if (posted.done()) {
      posted = null;
    }
  }

  /** Wakes the receiver, unless all that came was put where it belongs and more is missing. */
  void wake() {
    if (posted == null) {
      unpark();
    }
  }

  private void unpark() {
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
    unpark();
  }

  /** Whether a receive would have to wait for a first frame. */
  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** Why nothing more will come; empty while something may. */
  Optional<Ending> ending() {
    return Optional.ofNullable(ending);
  }

  /** Releases what nobody will receive, and all that comes yet. */
  void discard() {
    lock.lock();
    try {
      discarded = true;
      posted = null;
      for (Object next = queue.poll(); next != null; next = queue.poll()) {
        if (next instanceof ByteBuf piece) {
          queuedBytes.addAndGet(-piece.readableBytes());
          piece.release();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** The queue's first element, if any; never one of which {@link #discard} took what precedes. */
  private Object poll() {
    lock.lock();
    try {
      return queue.poll();
    } finally {
      lock.unlock();
    }
  }

  /** See {@link Peers#receive(int, Tag, ByteBuffer...)}. */
  void receive(Tag tag, ByteBuffer... into) {
    receive(new Posting(tag, into), new Wait(tag, System.nanoTime(), patience.toNanos()));
  }

  /** See {@link Peers#expect}. */
  Runnable expect(Tag tag, ByteBuffer... into) {
    Posting message = new Posting(tag, into);
    if (message.total() >= POSTED_FROM) {
      while (!message.done() && !queue.isEmpty()) {
        take(message, poll());
      }
      if (!message.done()) {
        post(message);
      }
    }
    return () -> receive(message, new Wait(tag, System.nanoTime(), patience.toNanos()));
  }

  /** See {@link Peers#receive(int, Tag, int)}. */
  byte[] receive(Tag tag, int maxBytes) {
    return receive(tag, maxBytes, patience);
  }

  /** As the other, with another bound of the wait. */
  byte[] receive(Tag tag, int maxBytes, Duration within) {
    Wait wait = new Wait(tag, System.nanoTime(), within.toNanos());
    Frame first = (Frame) next(wait, null);
    if (first.tag().equals(tag) && first.total() > maxBytes) {
      throw mismatch(
          "%s sent %d bytes for [%s], but at most %d were expected"
              .formatted(peerName, first.total(), tag, maxBytes));
    }
    byte[] bytes = new byte[(int) Math.min(first.total(), maxBytes)];
    Posting message = new Posting(tag, ByteBuffer.wrap(bytes));
    begin(message, first);
    receive(message, wait);
    return bytes;
  }

  private void receive(Posting message, Wait wait) {
    while (!message.done()) {
      take(message, next(wait, message));
    }
  }

  private void take(Posting message, Object next) {
    if (next instanceof Frame frame) {
      begin(message, frame);
    } else if (next instanceof ByteBuf piece) {
      pour(message, piece);
    }
  }

  private void begin(Posting message, Frame frame) {
    if (!message.accepts(frame)) {
      throw mismatch(peerName + " sent " + difference(message, frame));
    }
    message.begin(frame);
  }

  private static String difference(Posting message, Frame frame) {
    if (!frame.tag().equals(message.tag())) {
      return "[%s], but [%s] was expected: the two sides do not run the same program"
          .formatted(frame.tag(), message.tag());
    }
    if (frame.total() != message.total()) {
      return "%d bytes for [%s], but %d were expected"
          .formatted(frame.total(), message.tag(), message.total());
    }
    return "a frame of %d bytes too many for [%s] of %d"
        .formatted(frame.chunk(), message.tag(), message.total());
  }

  private void pour(Posting message, ByteBuf piece) {
    int bytes = piece.readableBytes();
    try {
      message.pour(piece);
    } finally {
      piece.release();
    }
    queuedBytes.addAndGet(-bytes);
    drained.run();
  }

  /**
   * The queue's next element, or {@link #DONE}. A long message is posted while nothing is there.
   */
  private Object next(Wait wait, Posting message) {
    Object ready = ready(message);
    if (ready != null) {
      return ready;
    }
    if (message == null || message.total() < POSTED_FROM) {
      return await(wait, message);
    }
    post(message);
    try {
      return await(wait, message);
    } finally {
      withdraw();
    }
  }

  private void post(Posting message) {
    lock.lock();
    try {
      if (queue.isEmpty()) {
        posted = message;
      }
    } finally {
      lock.unlock();
    }
  }

  /** When it returns, nobody else writes to the program's memory. */
  void withdraw() {
    lock.lock();
    posted = null;
    lock.unlock();
  }

  /** What follows a posted message is queued after it is done, so its being done is asked last. */
  private Object ready(Posting message) {
    Object head = queue.peek();
    if (message != null && message.done()) {
      return DONE;
    }
    return head == null ? null : poll();
  }

  private Object await(Wait wait, Posting message) {
    long spinEnd = System.nanoTime() + SPIN_NANOS;
    while (System.nanoTime() - spinEnd < 0) {
      Thread.onSpinWait();
      Object ready = ready(message);
      if (ready != null) {
        return ready;
      }
    }
    waiter = Thread.currentThread();
    try {
      return park(wait, message);
    } finally {
      waiter = null;
    }
  }

  private Object park(Wait wait, Posting message) {
    while (true) {
      Ending end = ending; // read first: whatever came before the end is then in the queue
      Object ready = ready(message);
      if (ready != null) {
        return ready;
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
