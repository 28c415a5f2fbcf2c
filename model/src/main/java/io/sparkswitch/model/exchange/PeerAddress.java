package io.sparkswitch.model.exchange;

import java.io.Serializable;

/**
 * Where a member of the gang listens.
 *
 * <p>Concurrency: immutable.
 *
 * <p>Ordering: none.
 *
 * @param rank executor's rank, or {@link Exchange#DRIVER}
 * @param host name or address that the other members can reach
 * @param port TCP port
 * @param log where its log is, for errors; empty if that is not known
 */
public record PeerAddress(int rank, String host, int port, String log) implements Serializable {
  public PeerAddress {
    if (rank < Exchange.DRIVER) {
      throw new IllegalArgumentException("no member has rank " + rank);
    }
    if (host.isBlank()) {
      throw new IllegalArgumentException("the host of %s is blank".formatted(name(rank)));
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port %d is outside [1, 65535]".formatted(port));
    }
  }

  /** Of a member whose log is not known. */
  public PeerAddress(int rank, String host, int port) {
    this(rank, host, port, "");
  }

  static String name(int rank) {
    return rank == Exchange.DRIVER ? "the driver" : "rank " + rank;
  }

  /** As errors name it: {@code rank 1 (10.0.0.7:7001; log: …)}. */
  @Override
  public String toString() {
    return "%s (%s:%d%s)".formatted(name(rank), host, port, log.isEmpty() ? "" : "; log: " + log);
  }
}
