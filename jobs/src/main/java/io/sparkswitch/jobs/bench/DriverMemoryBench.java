package io.sparkswitch.jobs.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The most memory that a gang's driver, a process of its own, has had resident after some updates,
 * by the number of executors.
 */
final class DriverMemoryBench implements GangPart {
  private static final int UPDATES = 2;

  private final UpdateCase of;
  private final List<Integer> executors;

  /**
   * @param executors sizes of the gangs, one after the other
   */
  DriverMemoryBench(UpdateCase of, List<Integer> executors) {
    this.of = of;
    this.executors = executors;
  }

  @Override
  public void run(ObjectNode results, Map<String, String> environment, Consumer<String> say)
      throws IOException {
    ObjectNode peaks = results.putObject("driverPeakMebibytes");
    for (int size : executors) {
      double mebibytes = peak(size, environment);
      peaks.put(Integer.toString(size), mebibytes);
      say.accept(
          String.format(
              Locale.ROOT,
              "the driver of %d executor(s): at most %.0f MiB resident in %d updates",
              size,
              mebibytes,
              UPDATES));
    }
  }

  private double peak(int size, Map<String, String> environment) throws IOException {
    try (BenchRun run = of.run(size);
        ProcessGang gang = TrainingPeer.gang(of, size, 0, run, UPDATES, environment)) {
      for (int update = 0; update < UPDATES; update++) {
        Pace.update(gang.driver());
      }
      return Double.parseDouble(gang.driver().line());
    }
  }
}
