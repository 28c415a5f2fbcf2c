package io.sparkswitch.jobs.conf;

import java.io.Serializable;

/** Section {@code routing}. */
public record RoutingSettings(int groupSequences) implements Serializable {
  public RoutingSettings {
    Require.notNegative("routing.group-sequences", groupSequences);
  }

  /** Routing groups in a batch; the last may be smaller. */
  public int groups(int sequences) {
    return groupSequences == 0 ? 1 : (sequences + groupSequences - 1) / groupSequences;
  }
}
