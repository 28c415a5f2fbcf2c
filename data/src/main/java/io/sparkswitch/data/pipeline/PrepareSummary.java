package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.shard.DocumentCounts;
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
    return (start + " %,d segments of %d tokens from %d files; %,d tokens dropped at their ends")
        .formatted(
            folder,
            counts.segments(),
            manifest.settings().segmentLength(),
            manifest.sources().size(),
            counts.tokensDropped());
  }

  /** What became of all documents; the numbers add up. */
  public String account() {
    DocumentCounts documents = manifest.documents();
    return "%,d documents read = %,d kept + %,d dropped by rules + %,d quarantined"
        .formatted(
            documents.read(), documents.kept(), documents.droppedInAll(), documents.quarantined());
  }
}
