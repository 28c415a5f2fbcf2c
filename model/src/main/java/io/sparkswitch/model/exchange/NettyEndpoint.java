package io.sparkswitch.model.exchange;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.sparkswitch.model.exchange.ExchangeException.Reason;
import io.sparkswitch.model.exchange.HandshakeHandler.RefusedException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * One member's place on the network: bound first, so that its address can be told to the others,
 * then connected to all of them, one TCP connection a pair; the higher rank dials the lower, and
 * all dial the driver. A connection that does not prove the run's secret never gets further.
 *
 * <p>Concurrency: one network thread; {@link #connect} and {@link #close} belong to the program's.
 *
 * <p>Ordering: peers may connect, and send, before {@link #connect} is called here.
 */
public final class NettyEndpoint implements AutoCloseable {
  /**
   * Bounds of an endpoint.
   *
   * @param handshake time for a connection to prove itself
   * @param message time for a peer to send what is waited for
   * @param driver the same between the driver and an executor, who wait out each other's whole work
   * @param mailboxBytes bytes of a peer that may wait here before reading from it pauses
   */
  public record Limits(Duration handshake, Duration message, Duration driver, long mailboxBytes) {
    public static final Limits DEFAULT =
        new Limits(
            Duration.ofSeconds(10), Duration.ofMinutes(10), Duration.ofMinutes(10), 64L << 20);

    public Limits {
      if (handshake.isNegative()
          || handshake.isZero()
          || message.isNegative()
          || driver.isNegative()) {
        throw new IllegalArgumentException(
            "bounds must be positive: handshake %s, message %s, driver %s"
                .formatted(handshake, message, driver));
      }
      if (mailboxBytes < 1) {
        throw new IllegalArgumentException("mailboxBytes = %d".formatted(mailboxBytes));
      }
    }

    /** The same with other bounds of waiting for a message. */
    public Limits withMessage(Duration bound, Duration driverBound) {
      return new Limits(handshake, bound, driverBound, mailboxBytes);
    }

    Duration message(int self, int peer) {
      return self == Exchange.DRIVER || peer == Exchange.DRIVER ? driver : message;
    }
  }

  private static final int STRANGERS = 1024;

  /** Bounds what is encrypted and not yet sent. */
  private static final WriteBufferWaterMark WRITTEN_AT_ONCE =
      new WriteBufferWaterMark(2 << 20, 8 << 20);

  private static final long CLOSE_SECONDS = 5;

  private final Member member;
  private final Limits limits;
  private final String advertisedHost;
  private final String log;
  private final Optional<Encryption> encryption;
  private final Refusals refusals;
  private final EventLoopGroup group;
  private final Channel server;
  private final Set<Channel> strangers = ConcurrentHashMap.newKeySet();
  private final Set<Integer> claimed = ConcurrentHashMap.newKeySet();
  private final Map<Integer, CompletableFuture<Link>> links = new ConcurrentHashMap<>();
  private volatile boolean closing;

  private NettyEndpoint(ListenAddress listen, Member member, Limits limits) {
    this.member = member;
    this.limits = limits;
    this.advertisedHost = listen == null ? "" : listen.advertisedHost();
    this.log = listen == null ? "" : listen.log();
    this.encryption =
        Optional.of(member.credentials()).filter(Credentials::encrypt).map(Encryption::with);
    this.refusals = new Refusals(PeerAddress.name(member.rank()));
    this.group = Transport.group("exchange-" + PeerAddress.name(member.rank()).replace(' ', '-'));
    Channel bound = null;
    try {
      bound = listen == null ? null : bind(listen);
    } finally {
      if (bound == null && listen != null) {
        shutDown();
      }
    }
    this.server = bound;
  }

  /** Binds with the {@linkplain Limits#DEFAULT default limits}. */
  public static NettyEndpoint bind(ListenAddress listen, Member member) {
    return bind(listen, member, Limits.DEFAULT);
  }

  /**
   * Listens.
   *
   * @throws ExchangeException when every allowed port is taken or the host is not of this machine
   */
  public static NettyEndpoint bind(ListenAddress listen, Member member, Limits limits) {
    return new NettyEndpoint(listen, member, limits);
  }

  /** One that listens to nobody, and so has no address: for a member that only dials. */
  static NettyEndpoint dialing(Member member, Limits limits) {
    return new NettyEndpoint(null, member, limits);
  }

  private Channel bind(ListenAddress listen) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channelFactory(Transport.Listener::new)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.RCVBUF_ALLOCATOR, receiveBuffers())
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITTEN_AT_ONCE)
            .childHandler(initializer(() -> new ListenerHandshake(this), true));
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

  private static AdaptiveRecvByteBufAllocator receiveBuffers() {
    return new AdaptiveRecvByteBufAllocator(512, 8 << 10, 1 << 20);
  }

  /** What to tell the others. */
  public PeerAddress address() {
    return new PeerAddress(
        member.rank(), advertisedHost, ((InetSocketAddress) server.localAddress()).getPort(), log);
  }

  /**
   * Connects to all others.
   *
   * @param gang addresses of all members, this one included; the driver may be absent
   * @param patience bound of the whole
   * @return the exchange, which closes this endpoint when it is closed
   * @throws ExchangeException naming the peers that did not come
   */
  public NettyExchange connect(List<PeerAddress> gang, Duration patience) {
    int size = checkGang(gang);
    long deadline = System.nanoTime() + patience.toNanos();
    for (PeerAddress peer : gang) {
      if (peer.rank() < member.rank()) {
        dial(peer, patience);
      }
    }
    Map<Integer, Link> connected = new ConcurrentHashMap<>();
    for (PeerAddress peer : gang) {
      if (peer.rank() != member.rank()) {
        Link link = await(peer.rank(), peer.toString(), deadline, patience);
        link.mailbox().rename(peer.toString());
        connected.put(peer.rank(), link);
      }
    }
    introduce(connected, deadline);
    return new NettyExchange(new NettyPeers(this, size, connected));
  }

  /** Dials one peer. */
  Link connect(PeerAddress peer, Duration patience) {
    dial(peer, patience);
    long deadline = System.nanoTime() + patience.toNanos();
    return await(peer.rank(), peer.toString(), deadline, patience);
  }

  /** The connection with a rank, once it has proved itself. */
  Optional<Link> joined(int rank) {
    CompletableFuture<Link> place = place(rank);
    return place.isDone() && !place.isCompletedExceptionally()
        ? Optional.of(place.join())
        : Optional.empty();
  }

  /**
   * For the driver, whom all others dial: waits for them.
   *
   * @param size ranks 0 to {@code size - 1} are to come
   * @param patience bound of the whole
   * @return the exchange, which closes this endpoint when it is closed
   * @throws ExchangeException naming who did not come, and who did
   */
  public NettyExchange accept(int size, Duration patience) {
    if (member.rank() != Exchange.DRIVER) {
      throw new IllegalStateException(
          "only the driver is dialled by all; %s connects"
              .formatted(PeerAddress.name(member.rank())));
    }
    long deadline = System.nanoTime() + patience.toNanos();
    Map<Integer, Link> connected = new ConcurrentHashMap<>();
    for (int rank = 0; rank < size; rank++) {
      connected.put(rank, await(rank, PeerAddress.name(rank), deadline, patience));
    }
    introduce(connected, deadline);
    return new NettyExchange(new NettyPeers(this, size, connected));
  }

  /** Executors tell the driver where they are. */
  private void introduce(Map<Integer, Link> connected, long deadline) {
    Tag tag = Introduction.tag(member.attempt());
    if (member.rank() != Exchange.DRIVER) {
      Link driver = connected.get(Exchange.DRIVER);
      if (driver != null) {
        driver.send(tag, ByteBuffer.wrap(Introduction.of(address())));
      }
      return;
    }
    for (Link link : connected.values()) {
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      byte[] bytes = link.mailbox().receive(tag, Introduction.MAX_BYTES, left);
      link.mailbox().rename(Introduction.read(link.rank(), bytes).toString());
    }
  }

  private int checkGang(List<PeerAddress> gang) {
    Set<Integer> ranks = new HashSet<>();
    gang.forEach(peer -> ranks.add(peer.rank()));
    int size = (int) gang.stream().filter(peer -> peer.rank() != Exchange.DRIVER).count();
    boolean complete = ranks.size() == gang.size() && ranks.contains(member.rank());
    for (int rank = 0; rank < size; rank++) {
      complete &= ranks.contains(rank);
    }
    if (!complete) {
      throw new IllegalArgumentException(
          "a gang with %s has each rank from 0 on once, and perhaps the driver: %s"
              .formatted(PeerAddress.name(member.rank()), gang));
    }
    return size;
  }

  private void dial(PeerAddress peer, Duration patience) {
    new Bootstrap()
        .group(group)
        .channelFactory(Transport::connection)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
        .option(ChannelOption.RCVBUF_ALLOCATOR, receiveBuffers())
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITTEN_AT_ONCE)
        .option(
            ChannelOption.CONNECT_TIMEOUT_MILLIS,
            (int) Math.min(Integer.MAX_VALUE, patience.toMillis()))
        .handler(initializer(() -> new DialerHandshake(this, peer), false))
        .connect(peer.host(), peer.port())
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                notJoined(peer.rank(), "cannot reach " + peer, done.cause());
              }
            });
  }

  private Link await(int rank, String name, long deadline, Duration patience) {
    String waiting = "%s to connect in attempt %d".formatted(name, member.attempt());
    try {
      long left = Math.max(0, deadline - System.nanoTime());
      return place(rank).get(left, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new ExchangeException(
          Reason.TIMED_OUT,
          rank,
          "waited %.1f s for %s%s".formatted(patience.toMillis() / 1e3, waiting, othersThere(rank)),
          e);
    } catch (ExecutionException e) {
      throw new ExchangeException(Reason.REFUSED, rank, e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExchangeException(
          Reason.INTERRUPTED, rank, "interrupted while waiting for " + waiting, e);
    }
  }

  /** Who is connected, to tell whom only one misses from whom all miss. */
  private String othersThere(int rank) {
    String there =
        joined().stream()
            .filter(link -> link.rank() != rank)
            .map(link -> PeerAddress.name(link.rank()))
            .sorted()
            .collect(Collectors.joining(", "));
    return there.isEmpty() ? "; nobody else has" : "; there are " + there;
  }

  private CompletableFuture<Link> place(int rank) {
    return links.computeIfAbsent(rank, absent -> new CompletableFuture<>());
  }

  Member member() {
    return member;
  }

  Limits limits() {
    return limits;
  }

  Refusals refusals() {
    return refusals;
  }

  /** A channel has proved to be of a rank: it gets that rank's place, if that is free. */
  Link claim(Channel channel, int rank) throws RefusedException {
    if (!claimed.add(rank)) {
      throw new RefusedException(PeerAddress.name(rank) + " is connected already");
    }
    String name = "%s (%s)".formatted(PeerAddress.name(rank), channel.remoteAddress());
    Mailbox mailbox = new Mailbox(rank, name, limits.message(member.rank(), rank));
    return new Link(channel, member.rank(), mailbox, rank, limits.mailboxBytes(), this::died);
  }

  /** The handshake is over: from now on the program may write to the link. */
  void joined(Link link) {
    strangers.remove(link.channel());
    if (!place(link.rank()).complete(link)) {
      link.channel().close();
      link.mailbox().discard();
    }
  }

  void notJoined(int rank, String reason, Throwable cause) {
    String text = cause == null ? reason : reason + ": " + cause.getMessage();
    place(rank).completeExceptionally(new ExchangeException(Reason.REFUSED, rank, text, cause));
  }

  /** A peer is gone without a goodbye: nobody waits any longer, whomever for. */
  private void died(Link dead, Mailbox.Ending ending) {
    dead.mailbox().end(ending);
    if (!closing) {
      joined().forEach(link -> link.mailbox().end(ending));
    }
  }

  List<Link> joined() {
    return links.values().stream()
        .filter(place -> place.isDone() && !place.isCompletedExceptionally())
        .map(CompletableFuture::join)
        .toList();
  }

  /** Closes all connections without a goodbye; afterwards no write is under way. */
  void abort() {
    closing = true;
    awaitAll(joined().stream().map(Link::abort).toList());
  }

  /** Says goodbye to all peers and frees the port, the thread and all buffers. */
  @Override
  public void close() {
    closing = true;
    links.forEach(
        (rank, place) ->
            place.completeExceptionally(
                new ExchangeException(Reason.CLOSED, rank, "closed before the gang was complete")));
    if (server != null) {
      server.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
    List<Link> all = joined();
    awaitAll(all.stream().map(Link::closeInOrder).toList());
    strangers.forEach(Channel::close);
    shutDown();
    for (Link link : all) {
      String text = PeerAddress.name(member.rank()) + " is closed";
      link.mailbox().end(new Mailbox.Ending(member.rank(), Reason.CLOSED, text, null));
      link.mailbox().discard();
    }
  }

  private static void awaitAll(List<ChannelFuture> closing) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
    for (ChannelFuture future : closing) {
      future.awaitUninterruptibly(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
  }

  private void shutDown() {
    group
        .shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(2 * CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
