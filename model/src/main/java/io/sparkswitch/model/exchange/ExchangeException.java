package io.sparkswitch.model.exchange;

/**
 * An exchange failed; the message names the peer, what was waited for, and for how long.
 *
 * <p>Concurrency: immutable.
 *
 * <p>Ordering: none.
 */
public final class ExchangeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why an exchange failed. */
  public enum Reason {
    /** The connection to the peer ended. */
    LOST,
    /** The peer did not do its part within the bound. */
    TIMED_OUT,
    /** The peer sent something else than this side's program expects. */
    MISMATCH,
    /** The peer could not be reached or did not accept this side. */
    REFUSED,
    /** The waiting thread was interrupted; its interrupt flag is set. */
    INTERRUPTED,
    /** This side was closed, or failed before. */
    CLOSED
  }

  private final Reason reason;
  private final int peer;

  ExchangeException(Reason reason, int peer, String message) {
    this(reason, peer, message, null);
  }

  ExchangeException(Reason reason, int peer, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.peer = peer;
  }

  public Reason reason() {
    return reason;
  }

  /** The rank at fault, or {@link Exchange#DRIVER}. */
  public int peer() {
    return peer;
  }
}
