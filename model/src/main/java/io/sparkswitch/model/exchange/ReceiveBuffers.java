package io.sparkswitch.model.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;

/**
 * Where the network thread reads to: buffers of the pool, or for some reads the memory that a
 * connection's {@link Source} names.
 *
 * <p>Concurrency: handles belong to the network thread.
 *
 * <p>Ordering: none.
 */
final class ReceiveBuffers implements RecvByteBufAllocator {
  /** Reads in one go before other connections get their turn. */
  private static final int READS_AT_ONCE = 16;

  private final RecvByteBufAllocator pooled =
      new AdaptiveRecvByteBufAllocator(512, 8 << 10, 1 << 20);

  /** Knows better where a connection's next bytes belong. */
  interface Source {
    /** Takes the next bytes, as many as there is room for; null for a buffer of the pool. */
    ByteBuf next();

    /** Reading has ended for now: what was given and not read to is not needed. */
    void ended();
  }

  @Override
  public Handle newHandle() {
    return new Reads(pooled.newHandle());
  }

  /** The reads of one connection. */
  @SuppressWarnings("deprecation") // Netty's own channels still ask for this kind
  static final class Reads implements Handle {
    private final Handle pooled;
    private Source source;
    private ChannelConfig config;
    private boolean named;
    private boolean anyPooled;
    private int namedReads;
    private int attempted;
    private int last;

    private Reads(Handle pooled) {
      this.pooled = pooled;
    }

    void ask(Source whom) {
      source = whom;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      ByteBuf next = source == null ? null : source.next();
      named = next != null;
      anyPooled |= !named;
      return named ? next : pooled.allocate(allocator);
    }

    @Override
    public int guess() {
      return pooled.guess();
    }

    @Override
    public void reset(ChannelConfig of) {
      config = of;
      named = false;
      anyPooled = false;
      namedReads = 0;
      pooled.reset(of);
    }

    @Override
    public void incMessagesRead(int messages) {
      if (named) {
        namedReads += messages;
      } else {
        pooled.incMessagesRead(messages);
      }
    }

    @Override
    public void lastBytesRead(int bytes) {
      last = bytes;
      if (!named) {
        pooled.lastBytesRead(bytes);
      }
    }

    @Override
    public int lastBytesRead() {
      return named ? last : pooled.lastBytesRead();
    }

    @Override
    public void attemptedBytesRead(int bytes) {
      attempted = bytes;
      if (!named) {
        pooled.attemptedBytesRead(bytes);
      }
    }

    @Override
    public int attemptedBytesRead() {
      return named ? attempted : pooled.attemptedBytesRead();
    }

    @Override
    public boolean continueReading() {
      if (named) {
        return config.isAutoRead() && last == attempted && namedReads < READS_AT_ONCE;
      }
      return pooled.continueReading();
    }

    @Override
    public void readComplete() {
      if (source != null) {
        source.ended();
      }
      if (anyPooled) {
        pooled.readComplete(); // of none it would learn that little comes
      }
    }
  }
}
