package io.sparkswitch.model.exchange;

import java.io.Serializable;

/**
 * Who one side is: what it proves in the handshake.
 *
 * <p>Concurrency: immutable.
 *
 * <p>Ordering: none.
 *
 * @param secret the run's key
 * @param attempt number of the gang's attempt; members of another attempt are refused
 * @param rank executor's rank, or {@link Exchange#DRIVER}
 * @param credentials of this member of this attempt; {@link Credentials#NONE} if the run is not
 *     encrypted
 */
public record Member(RunSecret secret, int attempt, int rank, Credentials credentials)
    implements Serializable {
  public Member {
    if (attempt < 0) {
      throw new IllegalArgumentException("attempt %d is negative".formatted(attempt));
    }
    if (rank < Exchange.DRIVER) {
      throw new IllegalArgumentException("no member has rank " + rank);
    }
  }

  /** A member of a run that is not encrypted. */
  public Member(RunSecret secret, int attempt, int rank) {
    this(secret, attempt, rank, Credentials.NONE);
  }
}
