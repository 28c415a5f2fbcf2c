package io.sparkswitch.model.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sparkswitch.model.exchange.ExchangeException.Reason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Peers in one JVM: a message is copied into the receiver's mailbox.
 *
 * <p>Concurrency: each end belongs to one thread; ends of different threads work at once.
 *
 * <p>Ordering: as sent, for each pair.
 */
final class LocalPeers implements Peers {
  private final int rank;
  private final List<LocalPeers> ends;
  private final List<Mailbox> inbox = new ArrayList<>();
  private volatile boolean closed;

  private LocalPeers(int rank, List<LocalPeers> ends, Duration patience) {
    this.rank = rank;
    this.ends = ends;
    for (int peer = Exchange.DRIVER; peer < ends.size() - 1; peer++) {
      inbox.add(new Mailbox(peer, name(peer), patience));
    }
  }

  /** The driver's end, followed by those of ranks 0 to {@code size - 1}. */
  static List<LocalPeers> group(int size, Duration patience) {
    List<LocalPeers> ends = new ArrayList<>();
    for (int i = 0; i <= size; i++) {
      ends.add(null);
    }
    for (int i = 0; i <= size; i++) {
      ends.set(i, new LocalPeers(i + Exchange.DRIVER, ends, patience));
    }
    return ends;
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int size() {
    return ends.size() - 1;
  }

  @Override
  public void send(int peer, Tag tag, ByteBuffer... bytes) {
    LocalPeers to = ends.get(peer - Exchange.DRIVER);
    if (closed || to.closed) {
      int culprit = closed ? rank : peer;
      throw new ExchangeException(
          Reason.CLOSED, culprit, "%s is closed; sending [%s]".formatted(name(culprit), tag));
    }
    Mailbox mailbox = to.inbox.get(rank - Exchange.DRIVER);
    long total = ByteBuffers.remaining(bytes);
    if (total == 0) {
      mailbox.deliver(new Frame(rank, tag, 0, 0));
    }
    for (ByteBuffer buffer : bytes) {
      while (buffer.hasRemaining()) {
        byte[] chunk = new byte[Math.min(buffer.remaining(), Frame.MAX_CHUNK)];
        buffer.get(chunk);
        ByteBuf piece = Unpooled.wrappedBuffer(chunk);
        mailbox.deliver(new Frame(rank, tag, total, chunk.length));
        mailbox.deliver(piece);
      }
    }
    mailbox.wake();
  }

  @Override
  public Runnable lend(int peer, Tag tag, ByteBuffer... bytes) {
    send(peer, tag, bytes);
    return () -> {};
  }

  @Override
  public void receive(int peer, Tag tag, ByteBuffer... into) {
    inbox.get(peer - Exchange.DRIVER).receive(tag, into);
  }

  @Override
  public Runnable expect(int peer, Tag tag, ByteBuffer... into) {
    return inbox.get(peer - Exchange.DRIVER).expect(tag, into);
  }

  @Override
  public byte[] receive(int peer, Tag tag, int maxBytes) {
    return inbox.get(peer - Exchange.DRIVER).receive(tag, maxBytes);
  }

  @Override
  public void abort() {
    inbox.forEach(Mailbox::withdraw); // also when another thread is closing this end
    leave(name(rank) + " failed");
  }

  @Override
  public void close() {
    leave(name(rank) + " closed its end");
  }

  private void leave(String text) {
    if (closed) {
      return;
    }
    closed = true;
    Mailbox.Ending lost = new Mailbox.Ending(rank, Reason.LOST, text, null);
    for (LocalPeers end : ends) {
      if (end != this) {
        end.inbox.get(rank - Exchange.DRIVER).end(lost);
      }
    }
    for (Mailbox mailbox : inbox) {
      mailbox.end(new Mailbox.Ending(rank, Reason.CLOSED, text, null));
      mailbox.discard();
    }
  }

  private static String name(int rank) {
    return PeerAddress.name(rank) + " (of this process)";
  }
}
