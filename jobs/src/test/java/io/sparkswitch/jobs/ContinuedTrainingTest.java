package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Cursor;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints carry what an optimizer remembers, on the driver and on two ranks. */
class ContinuedTrainingTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "optimizer.name=adafactor, optimizer.factored-from=8, adafactor.row.",
    "optimizer.name=adafactor, optimizer.beta1=0.9, adafactor.average.",
    "optimizer.name=adamw, optimizer.weight-decay=0.01, adamw.square."
  })
  void aRunThatIsContinuedEndsAsOneThatWasNotBroken(String name, String more, String state)
      throws Exception {
    TinyShards.write(folder.resolve("shards"), config(4, name, more).data());

    TrainedRun unbroken = train("unbroken", config(4, name, more));
    train("broken", config(2, name, more));
    TrainedRun continued = train("broken", config(4, name, more));

    assertThat(continued.tensors(4).keySet())
        .anyMatch(tensor -> tensor.startsWith(state))
        .anyMatch(tensor -> tensor.startsWith(state) && tensor.contains(".experts.expert_3."));
    assertThat(continued.digests(4)).isEqualTo(unbroken.digests(4));
  }

  @Test
  void aSpikesBatchIsLeftOutAndTheRunThatIsContinuedKnowsOfIt() throws Exception {
    String[] spiky = {
      "training.spike-factor=1.01",
      "training.max-skipped-batches=30",
      "training.checkpoint-every=3",
      "optimizer.schedule=constant",
      "optimizer.peak-learning-rate=0.0001"
    };
    RunConfig whole = LocalGang.config(with(spiky, "training.steps=12"));
    TinyShards.write(folder.resolve("shards"), whole.data());

    TrainedRun unbroken = train("unbroken", whole);
    train("broken", LocalGang.config(with(spiky, "training.steps=6")));
    TrainedRun continued = train("broken", whole);

    Cursor cursor = unbroken.checkpoint(12).manifest().cursor();
    assertThat(cursor.skippedBatches()).as("this seed has spikes").isNotEmpty();
    assertThat(cursor.lossAverage()).isPositive();
    assertThat(continued.checkpoint(12).manifest().cursor()).isEqualTo(cursor);
    assertThat(continued.digests(12)).isEqualTo(unbroken.digests(12));
    assertThat(continued.losses()).isEqualTo(unbroken.losses()).hasSize(12);
  }

  private static String[] with(String[] settings, String more) {
    String[] all = Arrays.copyOf(settings, settings.length + 1);
    all[settings.length] = more;
    return all;
  }

  private TrainedRun train(String out, RunConfig config) throws Exception {
    return LocalGang.train(config, 2, folder.resolve("shards"), folder.resolve(out));
  }

  private static RunConfig config(int steps, String name, String more) {
    return LocalGang.config(
        "training.steps=" + steps,
        "optimizer.schedule=constant",
        "optimizer.peak-learning-rate=0.02",
        name,
        more);
  }
}
