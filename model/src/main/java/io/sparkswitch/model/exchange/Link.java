package io.sparkswitch.model.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelPromise;
import io.sparkswitch.model.exchange.ExchangeException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * One authenticated connection to a peer.
 *
 * <p>Concurrency: the program's thread sends (directly while nothing is queued), reclaims and
 * receives; the network thread writes what is queued, reads and reports the end. Reading pauses
 * while more than a bound of bytes waits in the mailbox; sending never waits, so that two sides
 * with full mailboxes still come to receive.
 *
 * <p>Ordering: as sent.
 */
final class Link {
  /** Below this, copying is cheaper than a frame of two buffers and waiting for its write. */
  private static final int COPY_BELOW = 64 << 10;

  /** With its header just inside a size that the pool keeps. */
  private static final int COPY_CHUNK = (1 << 20) - Frame.HEADER_BYTES;

  private final Channel channel;
  private final int self;
  private final int rank;
  private final Mailbox mailbox;
  private final long mailboxBytes;
  private final BiConsumer<Link, Mailbox.Ending> onDeath;
  private final AtomicInteger queued = new AtomicInteger();
  private volatile boolean paused;
  private volatile boolean goodbye;
  private Throwable cause;
  private ChannelFuture lent;

  Link(
      Channel channel,
      int self,
      Mailbox mailbox,
      int rank,
      long mailboxBytes,
      BiConsumer<Link, Mailbox.Ending> onDeath) {
    this.channel = channel;
    this.self = self;
    this.rank = rank;
    this.mailbox = mailbox;
    this.mailboxBytes = mailboxBytes;
    this.onDeath = onDeath;
    mailbox.onDrained(this::resumeIfDrained);
  }

  int rank() {
    return rank;
  }

  Mailbox mailbox() {
    return mailbox;
  }

  Channel channel() {
    return channel;
  }

  // ---- the program's thread

  void send(Tag tag, ByteBuffer... bytes) {
    long total = ByteBuffers.remaining(bytes);
    List<ByteBuf> writes = new ArrayList<>(1);
    if (total == 0) {
      writes.add(frame(tag, 0, 0, 0));
    }
    for (ByteBuffer buffer : bytes) {
      while (buffer.hasRemaining()) {
        int chunk = Math.min(buffer.remaining(), COPY_CHUNK);
        int limit = buffer.limit();
        writes.add(frame(tag, total, chunk, chunk).writeBytes(limited(buffer, chunk)));
        buffer.limit(limit);
      }
    }
    write(writes, channel.newPromise());
  }

  void lend(Tag tag, ByteBuffer... bytes) {
    long total = ByteBuffers.remaining(bytes);
    if (total < COPY_BELOW) {
      send(tag, bytes);
      return;
    }
    List<ByteBuf> writes = new ArrayList<>();
    for (ByteBuffer buffer : bytes) {
      while (buffer.hasRemaining()) {
        int chunk = Math.min(buffer.remaining(), Frame.MAX_CHUNK);
        writes.add(frame(tag, total, chunk, 0));
        writes.add(Unpooled.wrappedBuffer(buffer.slice(buffer.position(), chunk)));
        buffer.position(buffer.position() + chunk);
      }
    }
    ChannelPromise promise = channel.newPromise();
    lent = promise;
    write(writes, promise);
  }

  private ByteBuf frame(Tag tag, long total, int chunk, int room) {
    ByteBuf out = channel.alloc().directBuffer(Frame.HEADER_BYTES + room);
    new Frame(self, tag, total, chunk).writeTo(out);
    return out;
  }

  private static ByteBuffer limited(ByteBuffer buffer, int bytes) {
    return buffer.limit(buffer.position() + bytes);
  }

  /** Writes what the system takes at once, if nothing is queued; queues the rest. */
  private void write(List<ByteBuf> writes, ChannelPromise last) {
    int written = queued.get() == 0 ? writeDirectly(writes) : 0;
    List<ByteBuf> rest = writes.subList(written, writes.size());
    if (rest.isEmpty()) {
      last.setSuccess();
      return;
    }
    queued.incrementAndGet();
    last.addListener(done -> queued.decrementAndGet());
    try {
      channel.eventLoop().execute(() -> writeAll(rest, last));
    } catch (RejectedExecutionException e) {
      rest.forEach(ByteBuf::release);
      throw new ExchangeException(
          Reason.CLOSED, rank, "this side is closed; sending to " + mailbox.peerName(), e);
    }
  }

  /** Returns how many buffers are written; the next one may be written in part. */
  private int writeDirectly(List<ByteBuf> writes) {
    if (!(channel instanceof Transport.Connection connection)) {
      return 0;
    }
    int done = 0;
    try {
      while (done < writes.size()) {
        ByteBuf next = writes.get(done);
        int wanted = next.readableBytes();
        int taken =
            connection.javaChannel().write(next.internalNioBuffer(next.readerIndex(), wanted));
        next.skipBytes(taken);
        if (taken < wanted) {
          break;
        }
        next.release();
        done++;
      }
    } catch (IOException e) {
      // The network thread meets the same error with the rest, and reports it.
    }
    return done;
  }

  private void writeAll(List<ByteBuf> writes, ChannelPromise last) {
    for (int i = 0; i < writes.size() - 1; i++) {
      channel.write(writes.get(i), channel.voidPromise());
    }
    channel.writeAndFlush(writes.get(writes.size() - 1), last);
  }

  /** Waits until what was lent last, and so all before it, is in the hands of the system. */
  void reclaim(Duration patience) {
    ChannelFuture last = lent;
    if (last == null) {
      return;
    }
    boolean done;
    try {
      done = last.await(patience.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExchangeException(
          Reason.INTERRUPTED, rank, "interrupted while sending to " + mailbox.peerName(), e);
    }
    if (!done) {
      throw new ExchangeException(
          Reason.TIMED_OUT,
          rank,
          "waited %.1f s for %s to take what was sent"
              .formatted(patience.toMillis() / 1e3, mailbox.peerName()));
    }
    if (!last.isSuccess()) {
      throw new ExchangeException(
          Reason.LOST,
          rank,
          "sending to %s failed: %s".formatted(mailbox.peerName(), last.cause().getMessage()),
          last.cause());
    }
    lent = null;
  }

  ChannelFuture closeInOrder() {
    try {
      channel
          .eventLoop()
          .execute(
              () -> {
                ByteBuf out = channel.alloc().directBuffer(Frame.HEADER_BYTES);
                Frame.goodbye(self).writeTo(out);
                channel.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
              });
    } catch (RejectedExecutionException e) {
      return channel.close();
    }
    return channel.closeFuture();
  }

  private void resumeIfDrained() {
    if (paused && mailbox.queuedBytes() <= mailboxBytes / 2) {
      channel.eventLoop().execute(this::resume);
    }
  }

  // ---- the network thread

  /** Wakes the program; stops reading while it has enough to do. */
  void delivered() {
    mailbox.wake();
    if (!paused && mailbox.queuedBytes() > mailboxBytes) {
      paused = true;
      channel.config().setAutoRead(false);
      resume();
    }
  }

  private void resume() {
    if (paused && mailbox.queuedBytes() <= mailboxBytes / 2) {
      paused = false;
      channel.config().setAutoRead(true);
    }
  }

  /** Whether the peer said goodbye, which a process that dies cannot. */
  boolean endedInOrder() {
    return goodbye;
  }

  void saidGoodbye() {
    goodbye = true;
  }

  void violated(IllegalArgumentException violation) {
    broken(
        new ExchangeException(
            Reason.MISMATCH, rank, mailbox.peerName() + " sent " + violation.getMessage()));
  }

  void broken(Throwable why) {
    if (cause == null) {
      cause = why;
    }
    channel.close();
  }

  void disconnected() {
    String name = mailbox.peerName();
    if (goodbye) {
      mailbox.end(
          new Mailbox.Ending(rank, Reason.LOST, name + " closed its end in good order", null));
    } else if (cause instanceof ExchangeException e) {
      onDeath.accept(this, new Mailbox.Ending(rank, e.reason(), e.getMessage(), e));
    } else {
      String why = cause == null ? "" : " (" + cause.getMessage() + ")";
      String text = "%s died or gave up: its connection closed%s".formatted(name, why);
      onDeath.accept(this, new Mailbox.Ending(rank, Reason.LOST, text, cause));
    }
  }
}
