package io.sparkswitch.model.exchange;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * Netty over Java's selector. Its channels let the program's thread write by itself while nothing
 * is queued before it, which spares the switch to the network thread and back. Java's channels
 * allow that, also while another thread closes them; Netty's epoll channels do not.
 *
 * <p>Concurrency: one daemon thread a group.
 *
 * <p>Ordering: none.
 */
final class Transport {
  private Transport() {}

  // Netty 4.2 deprecates this group for one that 4.1 does not have; Spark 4.0 brings 4.1.
  @SuppressWarnings("deprecation")
  static EventLoopGroup group(String name) {
    return new NioEventLoopGroup(1, new DefaultThreadFactory(name, true));
  }

  /** A connection that shows its Java channel. */
  static final class Connection extends NioSocketChannel {
    Connection() throws IOException {
      super(SocketChannel.open());
    }

    private Connection(Listener parent, SocketChannel accepted) {
      super(parent, accepted);
    }

    @Override
    public SocketChannel javaChannel() {
      return super.javaChannel();
    }
  }

  /** A server whose connections are of that kind. */
  static final class Listener extends NioServerSocketChannel {
    @Override
    protected int doReadMessages(List<Object> accepted) throws Exception {
      SocketChannel channel = javaChannel().accept();
      if (channel == null) {
        return 0;
      }
      accepted.add(new Connection(this, channel));
      return 1;
    }
  }

  static Connection connection() {
    try {
      return new Connection();
    } catch (IOException e) {
      throw new IllegalStateException("this system has no socket left", e);
    }
  }
}
