package io.sparkswitch.jobs.conf;

import java.io.Serializable;

/** Section {@code teach}: the teacher's soft targets. */
public record TeachSettings(
    TargetKindName kind,
    int topK,
    int draws,
    TargetValuesName values,
    double temperature,
    @Word(value = "auto", means = 0) long steps,
    long commitEvery)
    implements Serializable {

  public TeachSettings {
    Require.that(
        topK >= 1, "teach.top-k", topK, "at least 1; the whole distribution is teach.kind = full");
    Require.positive("teach.draws", (long) draws);
    Require.that(
        values != TargetValuesName.EIGHT_BIT || kind == TargetKindName.TOP_K,
        "teach.values",
        "eight-bit",
        "float32 or bfloat16 unless teach.kind = top-k");
    Require.positive("teach.temperature", temperature);
    Require.that(steps >= 0, "teach.steps", steps, "at least 1, or auto");
    Require.positive("teach.commit-every", commitEvery);
  }
}
