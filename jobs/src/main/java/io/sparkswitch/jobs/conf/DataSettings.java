package io.sparkswitch.jobs.conf;

import java.io.Serializable;

/** Section {@code data}: segments and the masks over them. */
public record DataSettings(
    int inputsLength,
    double noiseDensity,
    double meanSpanLength,
    int rowGroupSegments,
    int shuffleWindowRowGroups)
    implements Serializable {

  public DataSettings {
    Require.that(inputsLength >= 8, "data.inputs-length", inputsLength, "at least 8");
    Require.properShare("data.noise-density", noiseDensity);
    Require.that(
        meanSpanLength >= 1 && Double.isFinite(meanSpanLength),
        "data.mean-span-length",
        meanSpanLength,
        "at least 1");
    Require.positive("data.row-group-segments", rowGroupSegments);
    Require.positive("data.shuffle-window-row-groups", shuffleWindowRowGroups);
  }
}
