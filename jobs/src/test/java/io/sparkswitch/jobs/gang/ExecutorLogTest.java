package io.sparkswitch.jobs.gang;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecutorLogTest {
  private static final Map<String, String> YARN =
      Map.of("SPARK_LOG_URL_STDERR", "http://node:8042/node/containerlogs/container_1/u/stderr");

  @TempDir private Path work;

  @Test
  void aStandaloneWorkersFileComesFirst() throws IOException {
    Files.createFile(work.resolve("stderr"));
    assertThat(ExecutorLog.of(work, YARN)).isEqualTo(work.resolve("stderr").toString());
  }

  @Test
  void thenTheAddressThatTheClusterManagerGives() {
    assertThat(ExecutorLog.of(work, YARN))
        .isEqualTo("http://node:8042/node/containerlogs/container_1/u/stderr");
  }

  @Test
  void aPodsLogIsReadWithKubectl() {
    assertThat(ExecutorLog.of(work, Map.of("SPARK_EXECUTOR_POD_NAME", "train-exec-3")))
        .isEqualTo("kubectl logs train-exec-3");
  }

  @Test
  void whereNothingTellsThereIsNone() {
    assertThat(ExecutorLog.of(work, Map.of())).isEmpty();
  }
}
