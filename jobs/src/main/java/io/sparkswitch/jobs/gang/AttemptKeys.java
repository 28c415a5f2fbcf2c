package io.sparkswitch.jobs.gang;

import io.sparkswitch.model.exchange.Credentials;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Member;
import io.sparkswitch.model.exchange.RunAuthority;
import io.sparkswitch.model.exchange.RunSecret;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What the executors of an attempt prove themselves by. Travels in the task's closure and nowhere
 * else; the driver's own key stays with the driver.
 *
 * @param secret made for the run
 * @param attempt number of the gang's attempt
 * @param credentials of each rank; empty if the run is not encrypted
 */
record AttemptKeys(RunSecret secret, int attempt, List<Credentials> credentials)
    implements Serializable {
  AttemptKeys {
    credentials = new ArrayList<>(credentials);
  }

  /** What a rank joins as. */
  Member member(int rank) {
    return new Member(
        secret, attempt, rank, credentials.isEmpty() ? Credentials.NONE : credentials.get(rank));
  }

  /** All keys of one run, which the driver keeps. */
  record OfRun(RunSecret secret, Optional<RunAuthority> authority) {

    static OfRun encrypted() {
      return new OfRun(RunSecret.random(), Optional.of(new RunAuthority()));
    }

    static OfRun plain() {
      return new OfRun(RunSecret.random(), Optional.empty());
    }

    /** What the driver joins as. */
    Member driver(int attempt) {
      Credentials own =
          authority.map(a -> a.issue(attempt, Exchange.DRIVER)).orElse(Credentials.NONE);
      return new Member(secret, attempt, Exchange.DRIVER, own);
    }

    AttemptKeys ranks(int attempt, int size) {
      List<Credentials> credentials =
          authority.stream()
              .flatMap(a -> IntStream.range(0, size).mapToObj(rank -> a.issue(attempt, rank)))
              .toList();
      return new AttemptKeys(secret, attempt, credentials);
    }
  }
}
