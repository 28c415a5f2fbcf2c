package io.sparkswitch.model.exchange;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.sparkswitch.model.exchange.ExchangeException.Reason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.BiConsumer;

/**
 * One authenticated connection to a peer.
 *
 * <p>Concurrency: the program's thread sends and receives; the network thread writes what is
 * queued, reads and reports the end. Reading pauses while more than a bound of bytes waits in the
 * mailbox; sending never waits, so that two sides with full mailboxes still come to receive.
 *
 * <p>Ordering: as sent.
 */
final class Link {
  private final Channel channel;
  private final int rank;
  private final Mailbox mailbox;
  private final long mailboxBytes;
  private final BiConsumer<Link, Mailbox.Ending> onDeath;
  private final Outbox outbox;
  private volatile boolean paused;
  private volatile boolean goodbye;
  private Throwable cause;

  Link(
      Channel channel,
      int self,
      Mailbox mailbox,
      int rank,
      long mailboxBytes,
      BiConsumer<Link, Mailbox.Ending> onDeath) {
    this.channel = channel;
    this.rank = rank;
    this.mailbox = mailbox;
    this.mailboxBytes = mailboxBytes;
    this.onDeath = onDeath;
    this.outbox = new Outbox(channel, self, rank, mailbox);
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
    outbox.send(tag, bytes);
  }

  Runnable lend(Duration patience, Tag tag, ByteBuffer... bytes) {
    return outbox.lend(patience, tag, bytes);
  }

  ChannelFuture closeInOrder() {
    return outbox.closeInOrder();
  }

  /** Closes at once, without a word, also where encryption would take its leave. */
  ChannelFuture abort() {
    ChannelHandlerContext first = channel.pipeline().firstContext();
    return first == null ? channel.close() : first.close();
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

  /** The channel wants more, or is closed. */
  void writabilityChanged() {
    outbox.proceed();
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
    outbox.proceed();
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
