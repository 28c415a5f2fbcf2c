package io.sparkswitch.jobs.conf;

import java.io.Serializable;

/** Section {@code teach}: the teacher's soft targets. */
public record TeachSettings(int topK, @Word(value = "auto", means = 0) long steps)
    implements Serializable {

  public TeachSettings {
    Require.notNegative("teach.top-k", topK);
    Require.that(steps >= 0, "teach.steps", steps, "at least 1, or auto");
  }
}
