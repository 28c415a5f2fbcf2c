package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.TrainingSettings;
import io.sparkswitch.jobs.exit.DivergedException;
import io.sparkswitch.jobs.exit.ExitCode;
import io.sparkswitch.jobs.gang.RegroupException;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Cursor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BadBatchesTest {
  @Test
  void stepsTakeTheBatchesThatAreLeftInOrder() {
    SkipList list = new SkipList(List.of(7L, 2L, 3L));

    assertThat(List.of(list.batch(0), list.batch(1), list.batch(2), list.batch(4), list.batch(5)))
        .containsExactly(0L, 1L, 4L, 6L, 8L);
    assertThat(list.batches()).containsExactly(2L, 3L, 7L);
  }

  @Test
  void aStepThatIsNotFiniteEndsTheAttemptAndTheNextDoesWithoutItsBatch() throws Exception {
    BadBatches bad = new BadBatches(settings());
    bad.check(11, true, 3);

    assertThatThrownBy(() -> bad.check(12, false, Double.NaN))
        .isInstanceOf(RegroupException.class)
        .hasMessage(
            "step 12 had a loss or gradient that is not finite: batch 12 is left out from now on");
    bad.restore(Cursor.BEGINNING);

    assertThat(bad.batch(11)).isEqualTo(11);
    assertThat(bad.batch(12)).isEqualTo(13);
    assertThat(bad.cursor().skippedBatches()).containsExactly(12L);
  }

  @Test
  void anUpdateThatLeavesWhatIsNotFiniteCostsItsBatchToo() throws Exception {
    BadBatches bad = new BadBatches(settings("training.max-skipped-batches=1"));
    bad.checkUpdate(20, 19, true);

    assertThatThrownBy(() -> bad.checkUpdate(20, 19, false))
        .isInstanceOf(RegroupException.class)
        .hasMessage(
            "the update to step 20 left parameters or optimizer state that are not finite: batch 19"
                + " is left out from now on");
    bad.restore(Cursor.BEGINNING);
    assertThat(bad.batch(19)).isEqualTo(20);
    assertThatThrownBy(() -> bad.checkUpdate(20, 20, false))
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("steps before it with batches [19] were bad too");
  }

  @Test
  void whatACheckpointRemembersStaysSkipped() {
    BadBatches bad = new BadBatches(settings());

    bad.restore(new Cursor(List.of(3L), 2.5));

    assertThat(bad.batch(3)).isEqualTo(4);
    assertThat(bad.cursor()).isEqualTo(new Cursor(List.of(3L), 2.5));
  }

  @Test
  void aLossFarAboveThatOfLateIsASpikeIfTheUserSaysSo() throws Exception {
    BadBatches off = new BadBatches(settings());
    off.restore(new Cursor(List.of(), 2));
    assertThatCode(() -> off.check(5, true, 1000)).doesNotThrowAnyException();

    BadBatches bad = new BadBatches(settings("training.spike-factor=3"));
    bad.restore(new Cursor(List.of(), 2));
    bad.check(4, true, 5.9);
    assertThat(bad.cursor().lossAverage()).isBetween(2.0, 2.1);
    assertThatThrownBy(() -> bad.check(5, true, 6.2))
        .isInstanceOf(RegroupException.class)
        .hasMessageContaining("step 5 had a loss of 6.200, above training.spike-factor = 3.0 times")
        .hasMessageContaining("batch 5 is left out");
  }

  @Test
  void tooManyWithoutACheckpointBetweenAreADivergenceAndNamed() {
    BadBatches bad = new BadBatches(settings("training.max-skipped-batches=2"));
    assertThatThrownBy(() -> bad.check(1, false, 1)).isInstanceOf(RegroupException.class);
    bad.restore(Cursor.BEGINNING);
    bad.committed(bad.cursor());
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> bad.check(3, false, 1)).isInstanceOf(RegroupException.class);
      bad.restore(new Cursor(List.of(1L), 0));
    }

    assertThatThrownBy(() -> bad.check(3, false, 1))
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("batches [4, 5]")
        .hasMessageContaining("training.max-skipped-batches")
        .satisfies(e -> assertThat(ExitCode.of(e).code()).isEqualTo(4));
  }

  private static TrainingSettings settings(String... more) {
    return ConfigLoader.load(Optional.empty(), List.of(more)).training();
  }
}
