package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.checkpoint.CheckpointManifest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingRunTest {
  private static final Map<String, String> OURS =
      Map.of(
          "optimizer",
          "adafactor",
          "modelHash",
          "m",
          "dataHash",
          "d",
          "vocabularyHash",
          "v",
          "seed",
          "1",
          "version",
          "2",
          "teacherHash",
          "t",
          "softTargets",
          "s");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "optimizer",
        "modelHash",
        "dataHash",
        "vocabularyHash",
        "seed",
        "teacherHash",
        "softTargets"
      })
  void anotherRunsCheckpointIsRefused(String key) {
    Map<String, String> theirs = new HashMap<>(OURS);
    theirs.put(key, "other");

    assertThatThrownBy(() -> run().requireOwn(checkpoint(theirs), List.of()))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "file:/run/checkpoints/step-00000010 was made with %s other, this run has %s: give --fresh to start over, or another --out"
                .formatted(key, OURS.get(key)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"version", "gitCommit"})
  void anotherVersionMayContinue(String key) {
    Map<String, String> theirs = new HashMap<>(OURS);
    theirs.put(key, "other");

    assertThatCode(() -> run().requireOwn(checkpoint(theirs), List.of()))
        .doesNotThrowAnyException();
  }

  private static TrainingRun run() {
    return new TrainingRun(null, null, null, 256, 1, OURS, dense -> {}, Tenure.unlimited());
  }

  private static Committed checkpoint(Map<String, String> provenance) {
    return new Committed(
        new Path("file:/run/checkpoints/step-00000010"),
        new CheckpointManifest(CheckpointManifest.FORMAT_VERSION, 10, 0, List.of(), provenance));
  }
}
