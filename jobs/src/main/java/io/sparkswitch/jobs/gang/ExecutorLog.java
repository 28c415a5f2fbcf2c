package io.sparkswitch.jobs.gang;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where an executor's log is, as far as its cluster manager lets it know. */
final class ExecutorLog {
  private ExecutorLog() {}

  /** Of this process; empty if nothing tells. */
  static String own() {
    return of(Path.of("").toAbsolutePath(), System.getenv());
  }

  /**
   * @param work the executor's working folder: standalone workers log into it
   * @param environment YARN gives the address of the log, Kubernetes the pod's name
   */
  static String of(Path work, Map<String, String> environment) {
    Path log = work.resolve("stderr");
    String address = environment.get("SPARK_LOG_URL_STDERR");
    String pod = environment.get("SPARK_EXECUTOR_POD_NAME");
    if (Files.isRegularFile(log)) {
      return log.toString();
    } else if (address != null) {
      return address;
    }
    return pod == null ? "" : "kubectl logs " + pod;
  }
}
