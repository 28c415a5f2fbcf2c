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
 */
public record Member(RunSecret secret, int attempt, int rank) implements Serializable {
  public Member {
    if (attempt < 0) {
      throw new IllegalArgumentException("attempt %d is negative".formatted(attempt));
    }
    if (rank < Exchange.DRIVER) {
      throw new IllegalArgumentException("no member has rank " + rank);
    }
  }
}
