package io.sparkswitch.jobs.gang;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.exchange.Tag;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WhereaboutsTest {
  @Test
  void whatIsDoneBesideIsToldWithThePhaseUntilItEnds() {
    Whereabouts whereabouts = Whereabouts.unwatched(1, 0);
    assertThat(whereabouts).hasToString("its start");
    whereabouts.enter(RankPhase.COMPUTATION, 41);
    whereabouts.enterBeside(RankPhase.CHECKPOINT_WRITE, 40);
    whereabouts.enter(RankPhase.OPTIMIZER);

    assertThat(whereabouts)
        .hasToString("the optimizer of step 41 and, beside it, writing a checkpoint of step 40");
    whereabouts.endBeside();
    assertThat(whereabouts).hasToString("the optimizer of step 41");
  }

  @Test
  void anExchangeGoesOnWhereItWasWhenSomethingElseWasDoneMeanwhile() {
    Whereabouts whereabouts = Whereabouts.unwatched(1, 0);
    Exchange exchange = WatchedExchange.of(LocalExchange.group(1).get(0), whereabouts);
    List<String> seen = new ArrayList<>();
    Runnable work =
        () -> {
          seen.add(whereabouts.toString());
          whereabouts.enter(RankPhase.BACKWARD_EXCHANGE);
        };
    exchange.meanwhile(() -> whereabouts.meanwhile(work));
    whereabouts.enter(RankPhase.COMPUTATION, 41);

    exchange.allToAllCounted(new Tag(0, 9, 0, 0, Direction.ROUTE_COUNTS), new int[1][1]);

    assertThat(seen).containsExactly("computation of step 41");
    assertThat(whereabouts).hasToString("computation of step 41");
    whereabouts.enter(RankPhase.FORWARD_EXCHANGE);
    whereabouts.meanwhile(() -> whereabouts.enter(RankPhase.OPTIMIZER));
    assertThat(whereabouts).hasToString("the forward exchange of step 41");
  }
}
