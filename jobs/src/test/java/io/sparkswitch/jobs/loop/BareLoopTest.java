package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.TinyShards;
import io.sparkswitch.jobs.bench.LoopbackGang;
import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BareLoopTest {
  private static final int STEPS = 4;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 4})
  void trainsAsAGangOfOneDoesToTheLastBit(int experts) throws Exception {
    RunConfig config = config(experts);
    TinyShards.write(folder.resolve("shards"), config.data());
    Files.createDirectories(folder.resolve("run/checkpoints"));
    WorkerSpec spec =
        new WorkerSpec(
            config,
            WorkerSpec.Folders.of(
                folder.resolve("shards").toString(), folder.resolve("run").toString()));
    List<Integer> settled = new ArrayList<>();
    List<Double> bare;
    try (BareLoop loop = new BareLoop(spec)) {
      bare = loop.run(STEPS, () -> settled.add(settled.size()));
    }
    List<DriverTraffic.Step> gang =
        LoopbackGang.run(
            1,
            new ModelWorker(spec),
            new DriverTraffic(spec, TinyShards.VOCABULARY.rows(), STEPS, () -> {}));

    assertThat(bare)
        .containsExactlyElementsOf(gang.stream().map(DriverTraffic.Step::loss).toList());
    assertThat(bare).doesNotHaveDuplicates().allMatch(Double::isFinite);
    assertThat(settled).hasSize(STEPS + 1);
  }

  /** Clips at every step, drops and jitters. */
  private static RunConfig config(int experts) {
    return ConfigLoader.load(
        Optional.empty(),
        TinySettings.with("model.num-experts=" + experts, "training.micro-batches=2"));
  }
}
