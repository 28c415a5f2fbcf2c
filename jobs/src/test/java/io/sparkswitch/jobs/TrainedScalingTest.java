package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.jobs.bench.GangBench;
import io.sparkswitch.jobs.bench.LoopbackGang;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.loop.DriverTraffic;
import io.sparkswitch.jobs.loop.ModelWorker;
import io.sparkswitch.jobs.loop.WorkerSpec;
import io.sparkswitch.model.tensor.Natives;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is measured of a trained model goes on from its last checkpoint. */
class TrainedScalingTest {
  private static final int TRAINED = 3;
  private static final int MORE = 2;

  @TempDir private static Path folder;
  private static RunConfig config;

  @BeforeAll
  static void train() throws Exception {
    Natives.load();
    config = config(TRAINED);
    TinyShards.write(folder.resolve("shards"), config.data());
    LocalGang.train(config, 2, folder.resolve("shards"), folder.resolve("run"));
  }

  /** Batches so small that the shards fill one of two executors with six micro-batches each. */
  private static RunConfig config(int steps) {
    return LocalGang.config("training.steps=" + steps, "training.batch-size=4");
  }

  @Test
  void stepsGoOnFromTheLastCheckpointAsTrainingDoes() throws Exception {
    RunConfig longer = config(TRAINED + MORE);
    List<Double> whole =
        LocalGang.train(longer, 2, folder.resolve("shards"), folder.resolve("whole")).losses();
    WorkerSpec spec =
        new WorkerSpec(
            config,
            WorkerSpec.Folders.of(
                folder.resolve("shards").toString(), folder.resolve("run").toString()));

    List<DriverTraffic.Step> steps =
        LoopbackGang.run(
            2,
            new ModelWorker(spec),
            new DriverTraffic(spec, TinyShards.VOCABULARY.rows(), MORE, () -> {}));

    assertThat(steps.stream().map(DriverTraffic.Step::loss).toList())
        .isEqualTo(whole.subList(TRAINED, TRAINED + MORE));
  }

  @Tag("long")
  @Test
  void twoExecutorsAreMeasuredBesideTwiceOneAndTheRunStaysAsItWas() throws Exception {
    Files.writeString(folder.resolve("run/config.conf"), config.render());
    ObjectNode results = JsonNodeFactory.instance.objectNode();
    List<String> lines = new ArrayList<>();
    List<Path> before = files();

    new GangBench(1, Map.of(), lines::add)
        .scaling(folder.resolve("run"), folder.resolve("shards").toString(), results);

    assertThat(results.path("weakScaling").path("trained").asDouble()).isPositive();
    assertThat(lines).singleElement().asString().startsWith("trained, two executors beside");
    assertThat(files()).isEqualTo(before);
  }

  private static List<Path> files() throws Exception {
    try (var all = Files.walk(folder.resolve("run"))) {
      return all.sorted().toList();
    }
  }
}
