package io.sparkswitch.model.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import java.nio.ByteBuffer;

/**
 * Cuts the bytes of one authenticated connection into frames. Payloads are neither gathered nor
 * copied: slices of what was read go to the mailbox. Where the mailbox knows the place of the next
 * bytes, and they are not encrypted, they are read from the socket to there.
 *
 * <p>Concurrency: the network thread only.
 *
 * <p>Ordering: as received.
 */
final class FrameDecoder extends ChannelInboundHandlerAdapter implements ReceiveBuffers.Source {
  private final Link link;
  private final ByteBuf header = Unpooled.buffer(Frame.HEADER_BYTES, Frame.HEADER_BYTES);
  private int missing;
  private ByteBuf claimed;
  private ByteBufAllocator allocator;

  FrameDecoder(Link link) {
    this.link = link;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    allocator = context.alloc();
    if (context.pipeline().get(SslHandler.class) == null
        && context.channel().unsafe().recvBufAllocHandle() instanceof ReceiveBuffers.Reads reads) {
      reads.ask(this);
    }
  }

  @Override
  public ByteBuf next() {
    if (!link.mailbox().isPosted()) {
      return null;
    }
    if (missing == 0) {
      return allocator.directBuffer(header.writableBytes(), header.writableBytes());
    }
    ByteBuffer region = link.mailbox().claim();
    claimed = region == null ? null : Unpooled.wrappedBuffer(region).clear();
    return claimed;
  }

  @Override
  public void ended() {
    claimed = null;
    link.mailbox().release();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (in == claimed) {
      int bytes = in.readableBytes();
      claimed = null;
      missing -= bytes;
      link.mailbox().filled(bytes);
      in.release();
      link.delivered();
      return;
    }
    try {
      while (in.isReadable()) {
        if (missing > 0) {
          int bytes = Math.min(missing, in.readableBytes());
          link.mailbox().deliver(in.readRetainedSlice(bytes));
          missing -= bytes;
        } else {
          gatherHeader(in);
        }
      }
    } catch (IllegalArgumentException e) {
      link.violated(e);
    } finally {
      in.release();
    }
    link.delivered();
  }

  private void gatherHeader(ByteBuf in) {
    header.writeBytes(in, Math.min(header.writableBytes(), in.readableBytes()));
    if (header.isWritable()) {
      return;
    }
    Frame frame = Frame.readFrom(header);
    header.clear();
    if (frame.from() != link.rank()) {
      throw new IllegalArgumentException("a frame that says it is of rank " + frame.from());
    }
    if (frame.isGoodbye()) {
      link.saidGoodbye();
    } else {
      link.mailbox().deliver(frame);
      missing = frame.chunk();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    link.writabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    link.disconnected();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    link.broken(cause);
  }
}
