package io.sparkswitch.model.exchange;

import io.sparkswitch.model.exchange.ExchangeException.Reason;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Peers in other processes, one {@link Link} each.
 *
 * <p>Concurrency: one thread at a time.
 *
 * <p>Ordering: as sent, for each pair.
 */
final class NettyPeers implements Peers {
  private final NettyEndpoint endpoint;
  private final int size;
  private final Map<Integer, Link> links;

  NettyPeers(NettyEndpoint endpoint, int size, Map<Integer, Link> links) {
    this.endpoint = endpoint;
    this.size = size;
    this.links = links;
  }

  @Override
  public int rank() {
    return endpoint.member().rank();
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void send(int peer, Tag tag, ByteBuffer... bytes) {
    link(peer).send(tag, bytes);
  }

  @Override
  public Runnable lend(int peer, Tag tag, ByteBuffer... bytes) {
    return link(peer).lend(endpoint.limits().message(), tag, bytes);
  }

  @Override
  public void receive(int peer, Tag tag, ByteBuffer... into) {
    link(peer).mailbox().receive(tag, into);
  }

  @Override
  public Runnable expect(int peer, Tag tag, ByteBuffer... into) {
    return link(peer).mailbox().expect(tag, into);
  }

  @Override
  public byte[] receive(int peer, Tag tag, int maxBytes) {
    return link(peer).mailbox().receive(tag, maxBytes);
  }

  @Override
  public void abort() {
    endpoint.abort();
  }

  @Override
  public void close() {
    endpoint.close();
  }

  private Link link(int peer) {
    Link link = links.get(peer);
    if (link == null) {
      throw new ExchangeException(
          Reason.REFUSED, peer, PeerAddress.name(peer) + " is not a member of this gang");
    }
    return link;
  }
}
