package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.conf.RunConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole trainings with ranks as threads; {@link LayoutIT} has them in processes of their own. */
@Tag("long")
class LayoutTest {
  private static final int STEPS = 50;

  @TempDir private static Path folder;
  private static TrainedRun alone;

  @BeforeAll
  static void trainOnOneRank() throws Exception {
    TinyShards.write(folder.resolve("shards"), config().data());
    alone = train("alone", 1, config());
  }

  @Test
  void inFloat64ThreeRanksLearnTheSameTo1e9() throws Exception {
    assertSameTo1e9(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void inFloat64AnyNumberOfRanksLearnsTheSameTo1e9(int ranks) throws Exception {
    assertSameTo1e9(ranks);
  }

  private static void assertSameTo1e9(int ranks) throws Exception {
    TrainedRun run = train("on" + ranks, ranks, config());

    assertThat(run.metrics())
        .allMatch(step -> step.fractionTokensLeftBehind().orElseThrow() > 0, "capacity binds");
    assertThat(Difference.of(run, alone, STEPS).largest()).isLessThanOrEqualTo(1e-9);
  }

  @Test
  void theSameLayoutTwiceIsBitEqual() throws Exception {
    TrainedRun first = train("first", 3, config());
    TrainedRun second = train("second", 3, config());

    assertThat(second.losses()).isEqualTo(first.losses());
    assertThat(second.digests(STEPS)).isEqualTo(first.digests(STEPS));
  }

  private static TrainedRun train(String out, int ranks, RunConfig config) throws Exception {
    return LocalGang.train(config, ranks, folder.resolve("shards"), folder.resolve(out));
  }

  private static RunConfig config() {
    return LocalGang.config(
        "training.steps=" + STEPS,
        "training.precision=float64",
        "optimizer.schedule=constant",
        "optimizer.peak-learning-rate=0.02");
  }
}
