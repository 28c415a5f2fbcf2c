package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.jobs.conf.RunConfig;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A checkpoint of format 1, as the first version wrote it from two ranks, lies in the resources.
 */
class OldCheckpointTest {
  private static final long STEP = 2;

  /** Loss of the step after it, as the version that wrote it computed it. */
  private static final double NEXT_LOSS = 5.497774314880371;

  @TempDir private Path folder;

  @Test
  void aRunContinuesFromItWithTheLossThatItsOwnVersionHad() throws Exception {
    copy("checkpoint-format-1", folder.resolve("run/checkpoints"));
    TinyShards.write(folder.resolve("shards"), config().data());

    TrainedRun run = LocalGang.train(config(), 2, folder.resolve("shards"), folder.resolve("run"));

    assertThat(run.metrics()).extracting(m -> m.step()).containsExactly(STEP + 1);
    assertThat(run.losses().get(0)).isCloseTo(NEXT_LOSS, within(1e-4));
  }

  @Test
  void itsTensorsHaveTheirNames() throws Exception {
    copy("checkpoint-format-1", folder.resolve("run/checkpoints"));
    assertThat(new TrainedRun(folder.resolve("run")).tensors(STEP))
        .containsKeys(
            "shared.weight",
            "encoder.block.1.layer.1.mlp.experts.expert_3.wo.weight",
            "adafactor.square.encoder.block.1.layer.1.mlp.experts.expert_0.wi.weight");
  }

  private static RunConfig config() {
    return LocalGang.config(
        "training.steps=" + (STEP + 1),
        "model.d-model=8",
        "model.d-ff=4",
        "model.d-kv=4",
        "optimizer.schedule=constant",
        "optimizer.peak-learning-rate=0.02");
  }

  private static void copy(String resource, Path to) throws IOException, URISyntaxException {
    Path from = Path.of(OldCheckpointTest.class.getResource(resource).toURI());
    List<Path> files;
    try (Stream<Path> all = Files.walk(from)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path target = to.resolve(from.relativize(file).toString());
      Files.createDirectories(target.getParent());
      Files.copy(file, target);
    }
  }
}
