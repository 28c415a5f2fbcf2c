package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.conf.RunConfig;
import java.nio.file.Path;
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
