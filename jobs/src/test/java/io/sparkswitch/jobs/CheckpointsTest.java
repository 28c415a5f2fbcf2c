package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.jobs.conf.ConfigException;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.loop.Tenure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints of whole trainings, written while they go on. */
@Timeout(120)
class CheckpointsTest {
  @TempDir private Path folder;

  @BeforeEach
  void writeShards() throws IOException {
    TinyShards.write(folder.resolve("shards"), config(1).data());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void whatOneNumberOfRanksSavedAnyOtherLoads(int saving) throws Exception {
    assertThatAnyNumberLoads(saving, "model.num-experts=4");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void ranksWithoutExpertsSaveAndLoadToo(int saving) throws Exception {
    assertThatAnyNumberLoads(saving, "model.num-experts=2");
  }

  private void assertThatAnyNumberLoads(int saving, String experts) throws Exception {
    train("saved", saving, config(2, experts));
    TrainedRun unbroken = train("unbroken", 1, config(5, experts));
    for (int loading = 1; loading <= 4; loading++) {
      String same = "same" + loading;
      String on = "on" + loading;
      copy(folder.resolve("saved"), folder.resolve(same));
      copy(folder.resolve("saved"), folder.resolve(on));
      // A rate this small changes no number, so what was loaded is what is saved again.
      TrainedRun run =
          train(same, loading, config(3, experts, "optimizer.peak-learning-rate=1e-30"));

      assertThat(experts(run, 3)).as(same).isNotEmpty().isEqualTo(experts(run, 2));
      // Later losses need what the optimizer remembers.
      assertThat(losses(train(on, loading, config(5, experts))))
          .as(on)
          .containsExactly(losses(unbroken), within(1e-5));
    }
  }

  private static double[] losses(TrainedRun run) throws IOException {
    return run.losses().stream().mapToDouble(Double::doubleValue).toArray();
  }

  @Test
  void whoHasLostTheRunCommitsNothing() throws Exception {
    Tenure lost =
        new Tenure() {
          @Override
          public void requireHeld() {
            throw new IllegalStateException("taken over");
          }

          @Override
          public boolean isEnding() {
            return false;
          }
        };

    assertThatThrownBy(
            () ->
                LocalGang.train(
                    config(2), 2, folder.resolve("shards"), folder.resolve("lost"), lost))
        .hasStackTraceContaining("taken over");
    try (var files = Files.walk(folder.resolve("lost"))) {
      assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith("manifest"));
    }
  }

  @Test
  void theNewestAndThoseOfEveryNStepsAreKept() throws Exception {
    TrainedRun run =
        train("kept", 2, config(7, "training.keep-checkpoints=2", "training.keep-every=3"));

    assertThat(run.folder().resolve("checkpoints").toFile().list())
        .containsExactlyInAnyOrder("step-00000003", "step-00000006", "step-00000007");
  }

  @Test
  void keepEveryIsAMultipleOfCheckpointEvery() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> config(7, "training.checkpoint-every=2", "training.keep-every=3"))
        .withMessageContaining("training.keep-every")
        .withMessageContaining("0, or a multiple of training.checkpoint-every, 2");
  }

  @Test
  void aShardThatCannotBeWrittenEndsTheRunAndTheCheckpointBeforeServes() throws Exception {
    Path obstacle = folder.resolve("broken/checkpoints/step-00000002");
    Files.createDirectories(obstacle.getParent());
    Files.createFile(obstacle);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> train("broken", 2, config(3)))
        .withMessageContaining("of step 2 was not written: ")
        .withMessageContaining("step-00000002");

    Files.delete(obstacle);
    TrainedRun run = train("broken", 2, config(3));

    assertThat(run.digests(3)).isEqualTo(train("unbroken", 2, config(3)).digests(3));
  }

  @Test
  void aRunContinuesFromTheNewestGoodCheckpointToTheSameEnd() throws Exception {
    TrainedRun run = train("damaged", 2, config(3));
    Map<String, String> digests = run.digests(3);
    Path shard =
        folder.resolve(
            "damaged/checkpoints/step-00000003/experts-001-of-002-attempt-000.safetensors");
    Files.write(shard, new byte[] {1, 2, 3});

    TrainedRun again = train("damaged", 2, config(3));

    assertThat(again.digests(3)).isEqualTo(digests);
  }

  private TrainedRun train(String out, int ranks, RunConfig config) throws Exception {
    return LocalGang.train(config, ranks, folder.resolve("shards"), folder.resolve(out));
  }

  private static RunConfig config(int steps, String... more) {
    String[] all = new String[more.length + 3];
    all[0] = "training.steps=" + steps;
    all[1] = "optimizer.schedule=constant";
    all[2] = "optimizer.peak-learning-rate=0.02";
    System.arraycopy(more, 0, all, 3, more.length);
    return LocalGang.config(all);
  }

  /** The experts' values, without their optimizer's state. */
  private static Map<String, List<Float>> experts(TrainedRun run, long step) throws IOException {
    Map<String, List<Float>> experts = new TreeMap<>();
    run.tensors(step)
        .forEach(
            (name, values) -> {
              if (name.contains(".experts.") && !name.startsWith("adafactor.")) {
                experts.put(name, floats(values));
              }
            });
    return experts;
  }

  private static List<Float> floats(float[] values) {
    List<Float> list = new ArrayList<>();
    for (float value : values) {
      list.add(value);
    }
    return list;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
