package io.sparkswitch.jobs.conf;

import java.io.Serializable;

/** Section {@code demo-corpus}: the generated corpus. */
public record DemoCorpusSettings(
    long seed, int megabytes, int trainFiles, double validationMegabytes) implements Serializable {

  public DemoCorpusSettings {
    Require.positive("demo-corpus.megabytes", megabytes);
    Require.that(
        trainFiles >= 1 && trainFiles <= 99_999,
        "demo-corpus.train-files",
        trainFiles,
        "from 1 to 99999");
    Require.positive("demo-corpus.validation-megabytes", validationMegabytes);
  }
}
