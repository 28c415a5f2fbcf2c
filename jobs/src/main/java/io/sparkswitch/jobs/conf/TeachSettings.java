package io.sparkswitch.jobs.conf;

import java.io.Serializable;

/** Section {@code teach}: the teacher's soft targets. */
public record TeachSettings(int topK, int batchSize, @Word(value = "auto", means = 0) long steps)
    implements Serializable {

  public TeachSettings {
    Require.positive("teach.top-k", topK);
    Require.positive("teach.batch-size", batchSize);
    Require.that(steps >= 0, "teach.steps", steps, "at least 1, or auto");
  }
}
