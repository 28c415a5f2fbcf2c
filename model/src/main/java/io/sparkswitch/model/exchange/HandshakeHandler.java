package io.sparkswitch.model.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The first handler of a connection: messages of fixed length until both sides are known, then it
 * gives way. Whatever is wrong closes this connection and touches nothing else.
 *
 * <p>Concurrency: the network thread only.
 *
 * <p>Ordering: see {@link Handshake}.
 */
abstract class HandshakeHandler extends ByteToMessageDecoder {
  private final Duration patience;
  private int expected;
  private ScheduledFuture<?> alarm;
  private boolean over;

  HandshakeHandler(Duration patience, int expected) {
    this.patience = patience;
    this.expected = expected;
  }

  /** Handles a message after its checked prefix; refuses by throwing. */
  abstract void message(ChannelHandlerContext context, byte kind, ByteBuf body)
      throws RefusedException;

  /** The other side is not known, or ended before it was. */
  abstract void refused(ChannelHandlerContext context, String reason);

  /** What makes a side refuse the other. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  final void expect(int bytes) {
    expected = bytes;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws Exception {
    alarm =
        context
            .executor()
            .schedule(
                () -> refuse(context, "no handshake within %s".formatted(patience)),
                patience.toMillis(),
                TimeUnit.MILLISECONDS);
    super.channelActive(context);
  }

  /** TLS, where there is any, came about or failed. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent tls && !tls.isSuccess()) {
      refuse(context, Encryption.reason(tls.cause()));
    }
    super.userEventTriggered(context, event);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (over) {
      in.skipBytes(in.readableBytes());
      return;
    }
    try {
      if (in.readableBytes() >= Integer.BYTES) {
        checkMagic(in.getInt(in.readerIndex()));
      }
      if (in.readableBytes() < expected) {
        return;
      }
      ByteBuf body = in.readSlice(expected).skipBytes(Integer.BYTES);
      byte version = body.readByte();
      if (version != Handshake.VERSION) {
        throw new RefusedException(
            "it speaks version %d, not %d".formatted(version, Handshake.VERSION));
      }
      message(context, body.readByte(), body);
    } catch (RefusedException e) {
      in.skipBytes(in.readableBytes());
      refuse(context, e.getMessage());
    }
  }

  private static void checkMagic(int magic) throws RefusedException {
    if (Encryption.looksLikeTls(magic)) {
      throw new RefusedException("it speaks TLS, and this run is not encrypted");
    }
    if (magic != Handshake.MAGIC) {
      throw new RefusedException("it does not speak this protocol");
    }
  }

  /** Frames may follow: this handler goes, and hands on what it has not read. */
  final void succeed(ChannelHandlerContext context, Link link) {
    over = true;
    alarm.cancel(false);
    context.pipeline().addLast(new FrameDecoder(link));
    context.pipeline().remove(this);
  }

  final ChannelFuture send(ChannelHandlerContext context, byte kind, byte[]... parts) {
    ByteBuf out = context.alloc().buffer();
    out.writeInt(Handshake.MAGIC).writeByte(Handshake.VERSION).writeByte(kind);
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return context.writeAndFlush(out);
  }

  static byte[] read(ByteBuf body, int length) {
    byte[] bytes = new byte[length];
    body.readBytes(bytes);
    return bytes;
  }

  static void check(byte kind, byte wanted) throws RefusedException {
    if (kind != wanted) {
      throw new RefusedException(
          "it sent message %d of the handshake where %d is due".formatted(kind, wanted));
    }
  }

  private void refuse(ChannelHandlerContext context, String reason) {
    if (!over) {
      over = true;
      alarm.cancel(false);
      refused(context, reason);
      context.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    refuse(context, "it closed the connection during the handshake");
    super.channelInactive(context);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    refuse(context, cause.toString());
  }
}
