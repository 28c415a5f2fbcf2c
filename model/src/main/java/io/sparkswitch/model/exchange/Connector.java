package io.sparkswitch.model.exchange;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslProvider;
import io.sparkswitch.model.exchange.ExchangeException.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Listens and dials for one member, over one network thread, and hands each connection to a
 * handshake. Whoever was accepted is a stranger until it is {@linkplain #admit admitted}.
 *
 * <p>Concurrency: its methods may be called by any thread.
 *
 * <p>Ordering: none between connections.
 */
final class Connector {
  private static final int STRANGERS = 1024;

  /** Bounds what is encrypted and not yet sent. */
  private static final WriteBufferWaterMark WRITTEN_AT_ONCE =
      new WriteBufferWaterMark(2 << 20, 8 << 20);

  private static final long CLOSE_SECONDS = 5;

  private final Member member;
  private final Refusals refusals;
  private final Optional<Encryption> encryption;
  private final EventLoopGroup group;
  private final Set<Channel> strangers = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  /**
   * @param tls what encrypts, if the member does
   */
  Connector(Member member, Refusals refusals, SslProvider tls) {
    this.member = member;
    this.refusals = refusals;
    this.encryption =
        Optional.of(member.credentials())
            .filter(Credentials::encrypt)
            .map(own -> Encryption.with(own, tls));
    this.group = Transport.group("exchange-" + PeerAddress.name(member.rank()).replace(' ', '-'));
  }

  /**
   * Listens; each connection gets a handshake of its own.
   *
   * @throws ExchangeException when every allowed port is taken or the host is not of this machine
   */
  Channel listen(ListenAddress listen, Supplier<HandshakeHandler> handshake) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channelFactory(Transport.Listener::new)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.RCVBUF_ALLOCATOR, new ReceiveBuffers())
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITTEN_AT_ONCE)
            .childHandler(initializer(handshake, true));
    ChannelFuture tried = null;
    for (int port = listen.port(); port <= listen.lastPort(); port++) {
      tried = bootstrap.bind(listen.bindHost(), port).awaitUninterruptibly();
      if (tried.isSuccess()) {
        return tried.channel();
      }
    }
    throw new ExchangeException(
        Reason.REFUSED,
        member.rank(),
        "%s cannot listen on %s, ports %d to %d: %s; port 0 takes any free one"
            .formatted(
                PeerAddress.name(member.rank()),
                listen.bindHost(),
                listen.port(),
                listen.lastPort(),
                tried.cause().getMessage()),
        tried.cause());
  }

  /**
   * Dials.
   *
   * @param patience bound of reaching the peer
   * @param unreachable told if that fails
   */
  void dial(
      PeerAddress peer,
      Duration patience,
      Supplier<HandshakeHandler> handshake,
      Consumer<Throwable> unreachable) {
    new Bootstrap()
        .group(group)
        .channelFactory(Transport::connection)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
        .option(ChannelOption.RCVBUF_ALLOCATOR, new ReceiveBuffers())
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITTEN_AT_ONCE)
        .option(
            ChannelOption.CONNECT_TIMEOUT_MILLIS,
            (int) Math.min(Integer.MAX_VALUE, patience.toMillis()))
        .handler(initializer(handshake, false))
        .connect(peer.host(), peer.port())
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                unreachable.accept(done.cause());
              }
            });
  }

  private ChannelInitializer<Channel> initializer(
      Supplier<HandshakeHandler> handshake, boolean accepted) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (accepted && (closing || strangers.size() >= STRANGERS)) {
          refusals.add(channel.remoteAddress(), "too many connections without a handshake");
          channel.close();
          return;
        }
        if (accepted) {
          strangers.add(channel);
          channel.closeFuture().addListener(closed -> strangers.remove(channel));
        }
        encryption
            .map(tls -> accepted ? tls.listener(channel) : tls.dialer(channel))
            .ifPresent(channel.pipeline()::addLast);
        channel.pipeline().addLast(handshake.get());
      }
    };
  }

  /** A connection has proved itself. */
  void admit(Channel channel) {
    strangers.remove(channel);
  }

  /** Accepts nobody any more. */
  void refuseAll() {
    closing = true;
  }

  void closeStrangers() {
    strangers.forEach(Channel::close);
  }

  /** Ends the network thread; waits for it, for a bounded time. */
  void shutDown() {
    group
        .shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(2 * CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
