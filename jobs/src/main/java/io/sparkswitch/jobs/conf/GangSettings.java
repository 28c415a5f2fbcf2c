package io.sparkswitch.jobs.conf;

import java.io.Serializable;
import java.time.Duration;

/** Section {@code gang}: the executors that train together. */
public record GangSettings(
    @Word(value = "auto", means = 0) int executors,
    int maxAttempts,
    Duration replacementWait,
    Duration startupWait)
    implements Serializable {

  public GangSettings {
    Require.that(executors >= 0, "gang.executors", executors, "at least 1, or auto");
    Require.positive("gang.max-attempts", maxAttempts);
    Require.positive("gang.replacement-wait", replacementWait);
    Require.positive("gang.startup-wait", startupWait);
  }

  /** Whether the gang takes all executors that Spark has given. */
  public boolean allExecutors() {
    return executors == 0;
  }
}
