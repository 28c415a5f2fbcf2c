package io.sparkswitch.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.model.tensor.Doubles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which checkpoints stay. */
class RetentionTest extends CheckpointTestCase {
  @Test
  void checkpointsOfEveryNStepsStayForGood() throws Exception {
    for (long step = 50; step <= 300; step += 50) {
      save(step, 0);
      folder.prune(new Retention(1, 100), step);
    }
    assertThat(root.toFile().list())
        .containsExactlyInAnyOrder("step-00000100", "step-00000200", "step-00000300");
    save(350, 0);
    folder.prune(new Retention(2, 0), 350);
    assertThat(root.toFile().list()).containsExactlyInAnyOrder("step-00000300", "step-00000350");
  }

  @Test
  void whatABrokenAttemptLeftBetweenGoesThoughItsStepWouldStay() throws Exception {
    save(50, 0);
    folder.writeShard(100, 0, "b", Map.of("b", Doubles.normal(1, 9)));
    save(150, 1);
    folder.prune(new Retention(2, 100), 150);
    assertThat(root.toFile().list()).containsExactlyInAnyOrder("step-00000050", "step-00000150");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 9})
  void pruningKeepsTheNewest(int keep) throws Exception {
    List<Long> steps = List.of(100L, 200L, 300L);
    for (long step : steps) {
      save(step, 0);
    }
    folder.prune(new Retention(keep, 0), 300);
    for (int i = 0; i < steps.size(); i++) {
      Path checkpoint = root.resolve("step-%08d".formatted(steps.get(i)));
      assertThat(Files.exists(checkpoint)).isEqualTo(i >= steps.size() - keep);
    }
    assertThat(folder.latest().orElseThrow().manifest().step()).isEqualTo(300);
  }

  @Test
  void pruningNeverDeletesTheNewestWhenTwoAttemptsCommittedItsStep() throws Exception {
    save(100, 0);
    save(200, 0);
    save(200, 1);
    folder.prune(new Retention(1, 0), 200);
    assertThat(folder.latest().orElseThrow().manifest().attempt()).isEqualTo(1);
    assertThat(root.resolve("step-00000100")).doesNotExist();
  }

  @Test
  void pruningAfterGoingBackToAnOlderCheckpointKeepsTheOneJustCommitted() throws Exception {
    save(100, 0);
    save(200, 0);
    Damage.MISSING_SHARD.befall(root.resolve("step-00000200"));
    save(150, 1);
    folder.prune(new Retention(1, 0), 150);
    assertThat(folder.latest().orElseThrow().manifest().step()).isEqualTo(150);
    assertThat(root.resolve("step-00000100")).doesNotExist();
  }

  @Test
  void whatEarlierAttemptsLeftOfACommittedStepIsSweptUp() throws Exception {
    save(100, 0);
    folder.writeShard(100, 1, "b", Map.of("b", Doubles.normal(5, 9)));
    folder.writeShard(100, 4, "b", Map.of("b", Doubles.normal(5, 9)));
    save(100, 3);

    folder.sweep(100, 3);

    Path step = root.resolve("step-00000100");
    assertThat(step.resolve("b-attempt-001.safetensors")).doesNotExist();
    assertThat(step.resolve(".b-attempt-001.safetensors.crc")).doesNotExist();
    assertThat(step.resolve("b-attempt-000.safetensors")).as("committed").exists();
    assertThat(step.resolve("b-attempt-004.safetensors")).as("of a later attempt").exists();
    assertThat(folder.latest().orElseThrow().manifest().attempt()).isEqualTo(3);
  }
}
