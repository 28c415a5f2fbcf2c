package io.sparkswitch.model.exchange;

import java.nio.ByteBuffer;

/**
 * Peers whose messages are counted.
 *
 * <p>Concurrency: as the peers.
 *
 * <p>Ordering: as the peers'.
 */
final class CountedPeers implements Peers {
  private final Peers peers;
  private final Traffic traffic;

  CountedPeers(Peers peers, Traffic traffic) {
    this.peers = peers;
    this.traffic = traffic;
  }

  @Override
  public int rank() {
    return peers.rank();
  }

  @Override
  public int size() {
    return peers.size();
  }

  @Override
  public void send(int peer, Tag tag, ByteBuffer... bytes) {
    traffic.countSent(tag.direction(), ByteBuffers.remaining(bytes));
    peers.send(peer, tag, bytes);
  }

  @Override
  public Runnable lend(int peer, Tag tag, ByteBuffer... bytes) {
    traffic.countSent(tag.direction(), ByteBuffers.remaining(bytes));
    return peers.lend(peer, tag, bytes);
  }

  @Override
  public void receive(int peer, Tag tag, ByteBuffer... into) {
    long bytes = ByteBuffers.remaining(into);
    peers.receive(peer, tag, into);
    traffic.countReceived(tag.direction(), bytes);
  }

  @Override
  public Runnable expect(int peer, Tag tag, ByteBuffer... into) {
    long bytes = ByteBuffers.remaining(into);
    Runnable message = peers.expect(peer, tag, into);
    return () -> {
      message.run();
      traffic.countReceived(tag.direction(), bytes);
    };
  }

  @Override
  public byte[] receive(int peer, Tag tag, int maxBytes) {
    byte[] bytes = peers.receive(peer, tag, maxBytes);
    traffic.countReceived(tag.direction(), bytes.length);
    return bytes;
  }

  @Override
  public void abort() {
    peers.abort();
  }

  @Override
  public void close() {
    peers.close();
  }
}
