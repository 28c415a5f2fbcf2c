package io.sparkswitch.jobs.conf;

import java.io.Serializable;
import java.time.Duration;

/** Section {@code gang}: the executors that train together. */
public record GangSettings(
    @Word(value = "auto", means = 0) int executors,
    @Word(value = "auto", means = 0) int minimumExecutors,
    int maxAttempts,
    Duration suspectAfter,
    Duration replacementWait,
    Duration startupWait)
    implements Serializable {

  /** Below this, collecting garbage would make suspects. */
  private static final Duration LEAST_SUSPECT_AFTER = Duration.ofMillis(500);

  public GangSettings {
    Require.that(executors >= 0, "gang.executors", executors, "at least 1, or auto");
    Require.that(
        minimumExecutors >= 0, "gang.minimum-executors", minimumExecutors, "at least 1, or auto");
    Require.that(
        executors == 0 || minimumExecutors <= executors,
        "gang.minimum-executors",
        minimumExecutors,
        "at most gang.executors, %d".formatted(executors));
    Require.positive("gang.max-attempts", maxAttempts);
    Require.that(
        suspectAfter.compareTo(LEAST_SUSPECT_AFTER) >= 0,
        "gang.suspect-after",
        suspectAfter.toMillis() + "ms",
        "at least %d ms".formatted(LEAST_SUSPECT_AFTER.toMillis()));
    Require.positive("gang.replacement-wait", replacementWait);
    Require.positive("gang.startup-wait", startupWait);
  }

  /**
   * Executors that a gang which lost some may go on with. By itself half of them, so that no
   * executor has to hold more than twice the experts it was planned for.
   *
   * @param size of the whole gang
   */
  public int leastExecutors(int size) {
    return minimumExecutors == 0 ? (size + 1) / 2 : Math.min(minimumExecutors, size);
  }

  /** Whether the gang takes all executors that Spark has given. */
  public boolean allExecutors() {
    return executors == 0;
  }
}
