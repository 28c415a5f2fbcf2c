package io.sparkswitch.jobs.gang;

import static org.assertj.core.api.Assertions.assertThat;

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
}
