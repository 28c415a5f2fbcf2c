package io.sparkswitch.model.exchange;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The driver's side of every rank's {@link Heartbeat}. It never waits for one: whoever listens asks
 * from time to time.
 *
 * <p>Concurrency: one thread asks; any thread may close.
 *
 * <p>Ordering: beats of a rank come as sent, and none twice: a replayed or missing one is an error.
 */
public final class HeartbeatListener implements AutoCloseable {
  /** Longest beat. */
  public static final int MAX_BYTES = 16 << 10;

  private final NettyEndpoint endpoint;
  private final Map<Integer, Long> heard = new HashMap<>();

  /**
   * @param endpoint the driver's, bound for heartbeats alone; closed with this listener
   */
  public HeartbeatListener(NettyEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  /** Where ranks dial. */
  public PeerAddress address() {
    return endpoint.address();
  }

  /**
   * What came from a rank since it was last asked for.
   *
   * @throws ExchangeException if it sent something else than the next beat
   */
  public List<byte[]> take(int rank) {
    List<byte[]> beats = new ArrayList<>();
    Optional<Link> link = endpoint.joined(rank);
    while (link.isPresent() && !link.get().mailbox().isEmpty()) {
      long number = heard.merge(rank, 1L, Long::sum) - 1;
      Tag tag = tag(endpoint.member().attempt(), number);
      beats.add(link.get().mailbox().receive(tag, MAX_BYTES));
    }
    return beats;
  }

  /** Why a rank's connection ended without a goodbye; empty while it has not. */
  public Optional<String> death(int rank) {
    return endpoint
        .joined(rank)
        .filter(link -> !link.endedInOrder())
        .flatMap(link -> link.mailbox().ending())
        .filter(ending -> ending.culprit() == rank)
        .map(Mailbox.Ending::text);
  }

  /** Whether a rank said goodbye. */
  public boolean endedInOrder(int rank) {
    return endpoint.joined(rank).filter(Link::endedInOrder).isPresent();
  }

  static Tag tag(int attempt, long number) {
    return new Tag(attempt, number, 0, 0, Direction.CONTROL);
  }

  @Override
  public void close() {
    endpoint.close();
  }
}
