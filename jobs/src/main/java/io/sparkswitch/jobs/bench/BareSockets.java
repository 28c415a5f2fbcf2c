package io.sparkswitch.jobs.bench;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One blocking socket between each two members of a gang, the driver included, and nothing else.
 *
 * <p>Concurrency: one thread writes, one reads.
 *
 * <p>Ordering: as written, for each pair.
 */
final class BareSockets implements AutoCloseable {
  private static final Tag PORT = new Tag(0, 0, 0, 0, Direction.CONTROL);

  private final Map<Integer, SocketChannel> peers = new TreeMap<>();
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong read = new AtomicLong();

  private BareSockets() {}

  /** Connects all members of a gang, each of whom calls this; the exchange tells the ports. */
  static BareSockets connect(Exchange exchange) throws IOException {
    BareSockets sockets = new BareSockets();
    int self = exchange.rank();
    for (int lower = Exchange.DRIVER; lower < exchange.size(); lower++) {
      for (int higher = lower + 1; higher < exchange.size(); higher++) {
        if (self == lower) {
          sockets.add(higher, accept(exchange, higher));
        } else if (self == higher) {
          sockets.add(lower, dial(exchange, lower));
        }
      }
    }
    return sockets;
  }

  private void add(int peer, SocketChannel channel) throws IOException {
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    peers.put(peer, channel);
  }

  private static SocketChannel accept(Exchange exchange, int peer) throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      exchange.sendBytes(peer, PORT, ByteBuffer.allocate(Integer.BYTES).putInt(port).array());
      return server.accept();
    }
  }

  private static SocketChannel dial(Exchange exchange, int peer) throws IOException {
    int port = ByteBuffer.wrap(exchange.receiveBytes(peer, PORT)).getInt();
    return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  void write(int peer, ByteBuffer... buffers) throws IOException {
    SocketChannel channel = peers.get(peer);
    for (ByteBuffer buffer : buffers) {
      written.addAndGet(buffer.remaining());
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
  }

  void read(int peer, ByteBuffer... buffers) throws IOException {
    SocketChannel channel = peers.get(peer);
    for (ByteBuffer buffer : buffers) {
      read.addAndGet(buffer.remaining());
      while (buffer.hasRemaining()) {
        if (channel.read(buffer) < 0) {
          throw new EOFException("member " + peer + " closed its socket");
        }
      }
    }
  }

  /** Bytes so far. */
  long written() {
    return written.get();
  }

  /** Bytes so far. */
  long read() {
    return read.get();
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : peers.values()) {
      channel.close();
    }
  }
}
