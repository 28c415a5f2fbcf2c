package io.sparkswitch.jobs.conf;

import java.io.Serializable;

/** Section {@code prepare}: how documents become shards. */
public record PrepareSettings(double quarantineShare) implements Serializable {

  public PrepareSettings {
    Require.that(
        quarantineShare >= 0 && quarantineShare <= 1,
        "prepare.quarantine-share",
        quarantineShare,
        "from 0 to 1");
  }
}
