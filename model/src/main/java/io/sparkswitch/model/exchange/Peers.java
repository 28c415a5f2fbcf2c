package io.sparkswitch.model.exchange;

import java.nio.ByteBuffer;

/**
 * Bytes from one member to another, on which all collectives rest.
 *
 * <p>Concurrency: one thread at a time sends and receives. {@link #send} and {@link #lend} never
 * wait for the receiver, so that everybody may send before anybody receives; {@link #receive}, and
 * who wants back what was lent, wait, each for a bounded time.
 *
 * <p>Ordering: messages of one peer arrive in the order sent; nothing orders those of two peers.
 */
interface Peers extends AutoCloseable {
  int rank();

  int size();

  /** Sends the remaining bytes of all buffers as one message; they may be changed at once. */
  void send(int peer, Tag tag, ByteBuffer... bytes);

  /**
   * As {@link #send}, but the bytes may be changed or freed only when what is returned has run.
   *
   * @return waits until they are not needed any more
   */
  Runnable lend(int peer, Tag tag, ByteBuffer... bytes);

  /**
   * Receives the next message of a peer.
   *
   * @param into buffers whose remaining bytes together are exactly the message's
   * @throws ExchangeException when another tag or length arrives, the peer is lost or late
   */
  void receive(int peer, Tag tag, ByteBuffer... into);

  /**
   * Says where the next message of a peer belongs before it is waited for, so that what comes in
   * the meantime need not be kept elsewhere. Nothing else is to be received of that peer before.
   * Until the wait is over, or {@link #abort} was called, the memory must stay.
   *
   * @return waits, as {@link #receive(int, Tag, ByteBuffer...)} does
   */
  Runnable expect(int peer, Tag tag, ByteBuffer... into);

  /** Receives the next message of a peer, whose length only the peer knows. */
  byte[] receive(int peer, Tag tag, int maxBytes);

  /**
   * Gives up: the peers see this side as dead. When it returns, nothing lent or expected is touched
   * any more.
   */
  void abort();

  /** Takes leave of the peers in good order, after all that was sent, and frees everything. */
  @Override
  void close();
}
