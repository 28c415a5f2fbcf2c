package io.sparkswitch.model.exchange;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.ssl.SslProvider;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One member's place on the network: bound first, so that its address can be told to the others,
 * then connected to all of them, one TCP connection a pair; the higher rank dials the lower, and
 * all dial the driver. A connection that does not prove the run's secret never gets further.
 *
 * <p>Concurrency: one network thread, that of its {@link Connector}; {@link #connect} and {@link
 * #close} belong to the program's.
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
            Duration.ofSeconds(10), Duration.ofMinutes(10), Duration.ofMinutes(10), 1L << 20);

    /** Bytes of all ranks together: rows of an all-to-all that is larger wait at their senders. */
    private static final long MAILBOXES = 64L << 20;

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

    /**
     * For a rank of a gang: what other ranks send while it computes should not wait at theirs.
     *
     * @param size ranks of the gang
     */
    public Limits ofRank(int size) {
      return new Limits(handshake, message, driver, Math.max(mailboxBytes, MAILBOXES / size));
    }

    Duration message(int self, int peer) {
      return self == Exchange.DRIVER || peer == Exchange.DRIVER ? driver : message;
    }
  }

  private static final long CLOSE_SECONDS = 5;

  private final Member member;
  private final Limits limits;
  private final String advertisedHost;
  private final String log;
  private final Refusals refusals;
  private final Places places;
  private final Connector connector;
  private final Channel server;

  private NettyEndpoint(ListenAddress listen, Member member, Limits limits, SslProvider tls) {
    this.member = member;
    this.limits = limits;
    this.advertisedHost = listen == null ? "" : listen.advertisedHost();
    this.log = listen == null ? "" : listen.log();
    this.refusals = new Refusals(PeerAddress.name(member.rank()));
    this.places = new Places(member, limits);
    this.connector = new Connector(member, refusals, tls);
    Channel bound = null;
    try {
      bound = listen == null ? null : connector.listen(listen, () -> new ListenerHandshake(this));
    } finally {
      if (bound == null && listen != null) {
        connector.shutDown();
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
    return bind(listen, member, limits, Encryption.provider());
  }

  /** As the other, encrypted by a provider of one's choice. */
  static NettyEndpoint bind(ListenAddress listen, Member member, Limits limits, SslProvider tls) {
    return new NettyEndpoint(listen, member, limits, tls);
  }

  /** One that listens to nobody, and so has no address: for a member that only dials. */
  static NettyEndpoint dialing(Member member, Limits limits) {
    return new NettyEndpoint(null, member, limits, Encryption.provider());
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
        Link link = places.await(peer.rank(), peer.toString(), deadline, patience);
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
    return places.await(peer.rank(), peer.toString(), deadline, patience);
  }

  /** The connection with a rank, once it has proved itself. */
  Optional<Link> joined(int rank) {
    return places.joined(rank);
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
      connected.put(rank, places.await(rank, PeerAddress.name(rank), deadline, patience));
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
    connector.dial(
        peer,
        patience,
        () -> new DialerHandshake(this, peer),
        cause -> notJoined(peer.rank(), "cannot reach " + peer, cause));
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
    return places.claim(channel, rank);
  }

  /** The handshake is over: from now on the program may write to the link. */
  void joined(Link link) {
    connector.admit(link.channel());
    places.joined(link);
  }

  void notJoined(int rank, String reason, Throwable cause) {
    places.notJoined(rank, reason, cause);
  }

  List<Link> joined() {
    return places.joined();
  }

  private void closing() {
    connector.refuseAll();
    places.closing();
  }

  /** Closes all connections without a goodbye; afterwards nothing writes to what was expected. */
  void abort() {
    closing();
    awaitAll(joined().stream().map(Link::abort).toList());
    joined().forEach(link -> link.mailbox().withdraw());
  }

  /** Says goodbye to all peers and frees the port, the thread and all buffers. */
  @Override
  public void close() {
    closing();
    places.endWaits();
    if (server != null) {
      server.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
    List<Link> all = joined();
    awaitAll(all.stream().map(Link::closeInOrder).toList());
    connector.closeStrangers();
    connector.shutDown();
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
}
