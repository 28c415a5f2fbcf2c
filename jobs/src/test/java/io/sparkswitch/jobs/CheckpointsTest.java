package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.jobs.conf.ConfigException;
import io.sparkswitch.jobs.conf.RunConfig;
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
    train("saved" + saving, saving, config(2));
    TrainedRun unbroken = train("unbroken", 1, config(3));
    for (int loading = 1; loading <= 4; loading++) {
      String out = saving + "to" + loading;
      copy(folder.resolve("saved" + saving), folder.resolve(out));
      // A rate this small changes no number, so what was loaded is what is saved again.
      TrainedRun run = train(out, loading, config(3, "optimizer.peak-learning-rate=1e-30"));

      assertThat(experts(run, 3)).as(out).hasSize(16).isEqualTo(experts(run, 2));
      assertThat(run.losses().get(2)).as(out).isCloseTo(unbroken.losses().get(2), within(1e-5));
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
