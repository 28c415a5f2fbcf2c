package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.shard.ShardCounts;
import io.sparkswitch.data.shard.ShardManifest;

/**
 * How a preparation ended.
 *
 * @param folder the shard folder
 * @param outcome whether anything was written
 * @param manifest what the folder holds now
 */
public record PrepareSummary(String folder, Outcome outcome, ShardManifest manifest) {

  /** Whether anything was written. */
  public enum Outcome {
    PREPARED,
    NOTHING_NEW
  }

  /** One line for the console. */
  public String sentence() {
    ShardCounts counts = manifest.totals();
    String start =
        outcome == Outcome.NOTHING_NEW ? "nothing new to do: %s holds" : "prepared %s with";
    return (start + " %,d segments of %d tokens from %,d documents in %d files")
            .formatted(
                folder,
                counts.segments(),
                manifest.settings().segmentLength(),
                counts.documents(),
                manifest.files().size())
        + "; %,d tokens dropped at the ends of files, %,d malformed lines kept aside in quarantine/"
            .formatted(counts.tokensDropped(), counts.malformed());
  }
}
