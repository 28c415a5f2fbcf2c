package io.sparkswitch.jobs.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code submit/sparkswitch} with the embedded Spark: the driver in a process of its own, the
 * executors in others. What a program says goes to a file of {@code logs}.
 */
public record Launcher(Path logs) {
  /**
   * Starts a verb; what is started is the driver, and the executors are its children.
   *
   * @param executors of one core each
   * @param options for spark-submit
   */
  public RunningProgram start(int executors, List<String> verb, String... options)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Built.root().resolve("submit/sparkswitch").toString());
    command.addAll(verb);
    command.addAll(List.of("--", "--master", "local-cluster[%d,1,1024]".formatted(executors)));
    command.addAll(List.of("--driver-memory", "1g"));
    command.addAll(List.of("--conf", "spark.kryo.registrationRequired=true"));
    command.addAll(List.of(options));
    return RunningProgram.start(
        command,
        Map.of("SPARK_HOME", "", "SPARK_CONF_DIR", ""),
        Files.createTempFile(logs, verb.get(0) + "-", ".log"));
  }
}
