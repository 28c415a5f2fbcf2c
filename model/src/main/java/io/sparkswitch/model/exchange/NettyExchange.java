package io.sparkswitch.model.exchange;

/**
 * An exchange between processes, over TCP; made by {@link NettyEndpoint#connect}.
 *
 * <p>Concurrency: one thread calls; the endpoint's network thread reads the memory of tensors that
 * are being sent, and writes to those that are being received, until the call returns.
 *
 * <p>Ordering: as {@link Exchange}. A peer that dies fails all waits at once, also those for other
 * peers; one that closed in good order fails only waits for itself.
 */
public final class NettyExchange extends PeerExchange {
  NettyExchange(NettyPeers peers) {
    super(peers);
  }
}
