package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.source.Split;
import java.util.Objects;

/**
 * What to prepare.
 *
 * @param corpus a folder in C4's layout
 * @param split which part of it
 * @param vocabulary path of a SentencePiece model that driver and executors can read
 * @param settings how token ids are cut and stored
 * @param output where the shards go
 */
public record PrepareRequest(
    String corpus, Split split, String vocabulary, ShardSettings settings, ShardOutput output) {
  public PrepareRequest {
    Objects.requireNonNull(corpus, "corpus");
    Objects.requireNonNull(split, "split");
    Objects.requireNonNull(vocabulary, "vocabulary");
    Objects.requireNonNull(settings, "settings");
    Objects.requireNonNull(output, "output");
  }
}
