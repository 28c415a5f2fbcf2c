package io.sparkswitch.jobs.conf;

import java.io.Serializable;

/** Section {@code distill}: what the student starts from and learns from. */
public record DistillSettings(
    InitialisationName initialisation,
    TargetSourceName targets,
    double softFraction,
    double temperature,
    RemainderName remainder)
    implements Serializable {
  public DistillSettings {
    Require.that(
        softFraction >= 0 && softFraction <= 1, "distill.soft-fraction", softFraction, "in [0, 1]");
    Require.positive("distill.temperature", temperature);
  }

  /** Whether the loss has soft targets in it that the teacher is asked for in every step. */
  public boolean asksTeacher() {
    return targets == TargetSourceName.ONLINE && softFraction > 0;
  }
}
