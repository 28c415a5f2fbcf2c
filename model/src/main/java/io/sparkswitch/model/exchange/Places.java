package io.sparkswitch.model.exchange;

import io.netty.channel.Channel;
import io.sparkswitch.model.exchange.ExchangeException.Reason;
import io.sparkswitch.model.exchange.HandshakeHandler.RefusedException;
import io.sparkswitch.model.exchange.NettyEndpoint.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * A place for each peer of a member: who has come, and who is waited for. Each is taken once.
 *
 * <p>Concurrency: the network thread fills places, the program's waits.
 *
 * <p>Ordering: peers come in any.
 */
final class Places {
  private final Member member;
  private final Limits limits;
  private final Set<Integer> claimed = ConcurrentHashMap.newKeySet();
  private final Map<Integer, CompletableFuture<Link>> links = new ConcurrentHashMap<>();
  private volatile boolean closing;

  Places(Member member, Limits limits) {
    this.member = member;
    this.limits = limits;
  }

  /**
   * Waits until a peer has come.
   *
   * @param patience what the deadline was made from, for the error
   * @throws ExchangeException naming who did not come, and who did
   */
  Link await(int rank, String name, long deadline, Duration patience) {
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

  /** The connection with a rank, once it has proved itself. */
  Optional<Link> joined(int rank) {
    CompletableFuture<Link> place = place(rank);
    return place.isDone() && !place.isCompletedExceptionally()
        ? Optional.of(place.join())
        : Optional.empty();
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

  /** From now on connections end because this member ends them. */
  void closing() {
    closing = true;
  }

  /** Nobody is waited for any longer. */
  void endWaits() {
    links.forEach(
        (rank, place) ->
            place.completeExceptionally(
                new ExchangeException(Reason.CLOSED, rank, "closed before the gang was complete")));
  }
}
