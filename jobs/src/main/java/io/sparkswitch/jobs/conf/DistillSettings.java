package io.sparkswitch.jobs.conf;

import java.io.Serializable;

/** Section {@code distill}: what the student starts from, how it mixes soft and hard targets. */
public record DistillSettings(
    InitialisationName initialisation,
    double softFraction,
    double temperature,
    RemainderName remainder)
    implements Serializable {
  public DistillSettings {
    Require.that(
        softFraction >= 0 && softFraction <= 1, "distill.soft-fraction", softFraction, "in [0, 1]");
    Require.positive("distill.temperature", temperature);
  }
}
