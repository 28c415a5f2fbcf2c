package io.sparkswitch.jobs.gang;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.PeerAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RendezvousTest {
  private static final PeerAddress DRIVER = new PeerAddress(Exchange.DRIVER, "driver", 7);

  private final Rendezvous rendezvous =
      new Rendezvous(
          DRIVER,
          AttemptKeys.OfRun.plain().ranks(0, 3),
          ConfigLoader.load(Optional.empty(), List.of()).exchange(),
          Duration.ofSeconds(1),
          0);

  @Test
  void everyoneLearnsWhereAllAre() {
    assertThat(rendezvous.addresses(new String[] {"4 one 10 a log", "2 two 20 another"}))
        .containsExactly(
            DRIVER,
            new PeerAddress(0, "one", 10, "a log"),
            new PeerAddress(1, "two", 20, "another"));
  }

  @Test
  void twoRanksOnOneExecutorAreRefused() {
    assertThatThrownBy(
            () -> rendezvous.addresses(new String[] {"4 one 10 l", "2 two 20 l", "4 one 30 l"}))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("ranks 0 and 2 both run on executor 4")
        .hasMessageContaining("spark.task.cpus");
  }
}
