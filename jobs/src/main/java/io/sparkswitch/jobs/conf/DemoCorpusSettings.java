package io.sparkswitch.jobs.conf;

import java.io.Serializable;

/** Section {@code demo-corpus}: the generated corpus. */
public record DemoCorpusSettings(long seed, double megabytes, double validationMegabytes, int files)
    implements Serializable {

  public DemoCorpusSettings {
    Require.positive("demo-corpus.megabytes", megabytes);
    Require.positive("demo-corpus.validation-megabytes", validationMegabytes);
    Require.that(files >= 1 && files <= 99_999, "demo-corpus.files", files, "from 1 to 99999");
  }
}
