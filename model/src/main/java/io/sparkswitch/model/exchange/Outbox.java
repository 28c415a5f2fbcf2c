package io.sparkswitch.model.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import io.sparkswitch.model.exchange.ExchangeException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What goes out on one connection.
 *
 * <p>Concurrency: the program's thread sends, lends and waits. While nothing is queued it writes to
 * the socket by itself; what the socket does not take, and all that is to be encrypted, the network
 * thread writes, no more at once than the channel wants.
 *
 * <p>Ordering: as sent.
 */
final class Outbox {
  /** Below this, copying is cheaper than a frame of two buffers and waiting for its write. */
  private static final int COPY_BELOW = 64 << 10;

  /** A size that the pool keeps. */
  private static final int COPY_CHUNK = 1 << 20;

  private final Channel channel;
  private final int self;
  private final Mailbox from;
  private final int rank;
  private final Transport.Connection direct;
  private final AtomicInteger queued = new AtomicInteger();
  private final Queue<Write> waiting = new ArrayDeque<>();

  /** Bytes to write; those of the program may change when the call returns. */
  private record Piece(ByteBuf bytes, boolean ofProgram) {}

  private record Write(ByteBuf bytes, ChannelPromise promise) {}

  /**
   * @param self rank of this side
   * @param rank the peer's
   * @param from its mailbox, which knows how errors name it
   */
  Outbox(Channel channel, int self, int rank, Mailbox from) {
    this.channel = channel;
    this.self = self;
    this.rank = rank;
    this.from = from;
    boolean plain = channel.pipeline().get(SslHandler.class) == null;
    this.direct = plain && channel instanceof Transport.Connection own ? own : null;
  }

  // ---- the program's thread

  /** See {@link Peers#send}. */
  void send(Tag tag, ByteBuffer... bytes) {
    long total = ByteBuffers.remaining(bytes);
    if (total < COPY_BELOW) {
      ByteBuf frame = frame(tag, total, (int) total, (int) total);
      for (ByteBuffer buffer : bytes) {
        frame.writeBytes(buffer);
      }
      write(List.of(new Piece(frame, false)), channel.newPromise());
    } else {
      List<Piece> pieces = pieces(tag, total, bytes);
      List<Piece> rest = new ArrayList<>();
      for (Piece piece : unwritten(pieces)) {
        copy(piece, rest);
      }
      queue(rest, channel.newPromise());
    }
  }

  /**
   * See {@link Peers#lend}.
   *
   * @param patience bound of the wait
   */
  Runnable lend(Duration patience, Tag tag, ByteBuffer... bytes) {
    long total = ByteBuffers.remaining(bytes);
    if (total < COPY_BELOW) {
      send(tag, bytes);
      return () -> {};
    }
    ChannelPromise written = channel.newPromise();
    write(pieces(tag, total, bytes), written);
    return () -> await(written, tag, patience);
  }

  private List<Piece> pieces(Tag tag, long total, ByteBuffer... bytes) {
    List<Piece> pieces = new ArrayList<>();
    for (ByteBuffer buffer : bytes) {
      while (buffer.hasRemaining()) {
        int chunk = Math.min(buffer.remaining(), Frame.MAX_CHUNK);
        ByteBuffer part = buffer.slice(buffer.position(), chunk);
        pieces.add(new Piece(frame(tag, total, chunk, 0), false));
        pieces.add(new Piece(Unpooled.wrappedBuffer(part), true));
        buffer.position(buffer.position() + chunk);
      }
    }
    return pieces;
  }

  private void copy(Piece piece, List<Piece> into) {
    if (!piece.ofProgram) {
      into.add(piece);
      return;
    }
    ByteBuf bytes = piece.bytes;
    while (bytes.isReadable()) {
      int size = Math.min(bytes.readableBytes(), COPY_CHUNK);
      into.add(new Piece(channel.alloc().directBuffer(size).writeBytes(bytes, size), false));
    }
    bytes.release();
  }

  private ByteBuf frame(Tag tag, long total, int chunk, int room) {
    ByteBuf out = channel.alloc().directBuffer(Frame.HEADER_BYTES + room);
    new Frame(self, tag, total, chunk).writeTo(out);
    return out;
  }

  private void write(List<Piece> pieces, ChannelPromise last) {
    queue(unwritten(pieces), last);
  }

  /** Writes what the system takes at once, if nothing is queued; the rest, the first in part. */
  private List<Piece> unwritten(List<Piece> pieces) {
    if (direct == null || queued.get() > 0) {
      return pieces;
    }
    int done = 0;
    try {
      while (done < pieces.size()) {
        ByteBuf next = pieces.get(done).bytes;
        int wanted = next.readableBytes();
        int taken = direct.javaChannel().write(next.internalNioBuffer(next.readerIndex(), wanted));
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
    return pieces.subList(done, pieces.size());
  }

  private void queue(List<Piece> pieces, ChannelPromise last) {
    if (pieces.isEmpty()) {
      last.setSuccess();
      return;
    }
    queued.incrementAndGet();
    last.addListener(done -> queued.decrementAndGet());
    try {
      channel.eventLoop().execute(() -> enqueue(pieces, last));
    } catch (RejectedExecutionException e) {
      pieces.forEach(piece -> piece.bytes.release());
      throw new ExchangeException(
          Reason.CLOSED, rank, "this side is closed; sending to " + from.peerName(), e);
    }
  }

  /** Waits until what was lent is in the hands of the system. */
  private void await(ChannelFuture written, Tag tag, Duration patience) {
    boolean done;
    try {
      done = written.await(patience.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExchangeException(
          Reason.INTERRUPTED, rank, "interrupted while waiting for " + taker(tag), e);
    }
    if (!done) {
      throw new ExchangeException(
          Reason.TIMED_OUT,
          rank,
          "waited %.1f s for %s".formatted(patience.toMillis() / 1e3, taker(tag)));
    }
    if (!written.isSuccess()) {
      throw new ExchangeException(
          Reason.LOST,
          rank,
          "waited for %s, but sending failed: %s"
              .formatted(taker(tag), written.cause().getMessage()),
          written.cause());
    }
  }

  private String taker(Tag tag) {
    return "%s to take [%s]".formatted(from.peerName(), tag);
  }

  /** Says goodbye after all that was sent, and closes the connection. */
  ChannelFuture closeInOrder() {
    ByteBuf goodbye = channel.alloc().directBuffer(Frame.HEADER_BYTES);
    Frame.goodbye(self).writeTo(goodbye);
    ChannelPromise written = channel.newPromise();
    written.addListener(ChannelFutureListener.CLOSE);
    try {
      List<Piece> pieces = List.of(new Piece(goodbye, false));
      channel.eventLoop().execute(() -> enqueue(pieces, written));
    } catch (RejectedExecutionException e) {
      goodbye.release();
      return channel.close();
    }
    return channel.closeFuture();
  }

  // ---- the network thread

  private void enqueue(List<Piece> pieces, ChannelPromise last) {
    for (int i = 0; i < pieces.size(); i++) {
      ChannelPromise promise = i == pieces.size() - 1 ? last : channel.voidPromise();
      waiting.add(new Write(pieces.get(i).bytes, promise));
    }
    proceed();
  }

  /** Writes as much as the channel wants; called whenever that may have changed. */
  void proceed() {
    boolean any = false;
    while (!waiting.isEmpty() && channel.isWritable()) {
      Write next = waiting.poll();
      channel.write(next.bytes, next.promise);
      any = true;
    }
    if (any) {
      channel.flush();
    }
    if (!channel.isOpen()) {
      abandon();
    }
  }

  /** What was lent may be freed as soon as the channel is closed: nothing reads it any more. */
  private void abandon() {
    for (Write next = waiting.poll(); next != null; next = waiting.poll()) {
      next.bytes.release();
      if (!next.promise.isVoid()) {
        next.promise.tryFailure(new ClosedChannelException());
      }
    }
  }
}
