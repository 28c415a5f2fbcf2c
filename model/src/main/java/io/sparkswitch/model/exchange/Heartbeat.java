package io.sparkswitch.model.exchange;

import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * A rank's sign of life: a connection of its own to the driver, which no tensor can hold up.
 *
 * <p>Concurrency: one thread, which does nothing else.
 *
 * <p>Ordering: beats arrive as they were sent.
 */
public final class Heartbeat implements AutoCloseable {
  private final NettyEndpoint endpoint;
  private final Link link;
  private final int attempt;
  private long beats;

  private Heartbeat(NettyEndpoint endpoint, Link link, int attempt) {
    this.endpoint = endpoint;
    this.link = link;
    this.attempt = attempt;
  }

  /**
   * Dials the driver.
   *
   * @param listener where its {@link HeartbeatListener} is
   * @throws ExchangeException if it cannot be reached or refuses
   */
  public static Heartbeat connect(
      Member member, NettyEndpoint.Limits limits, PeerAddress listener, Duration patience) {
    NettyEndpoint endpoint = NettyEndpoint.dialing(member, limits);
    try {
      return new Heartbeat(endpoint, endpoint.connect(listener, patience), member.attempt());
    } catch (RuntimeException e) {
      endpoint.close();
      throw e;
    }
  }

  /**
   * Sends one beat; never waits.
   *
   * @param message at most {@link HeartbeatListener#MAX_BYTES}
   */
  public void beat(byte[] message) {
    link.send(HeartbeatListener.tag(attempt, beats++), ByteBuffer.wrap(message));
  }

  /** Whether the driver has hung up or died. */
  public boolean isEnded() {
    return link.mailbox().ending().isPresent();
  }

  /** Says goodbye, so that the silence which follows is none. */
  @Override
  public void close() {
    endpoint.close();
  }
}
