package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.source.Split;
import java.util.Objects;

/**
 * What to prepare.
 *
 * @param corpus a folder of corpus files
 * @param split which part of it
 * @param vocabulary path of a SentencePiece model that driver and executors can read
 * @param rules how documents become shards
 * @param output where the shards go
 */
public record PrepareRequest(
    String corpus, Split split, String vocabulary, PrepareRules rules, ShardOutput output) {
  public PrepareRequest {
    Objects.requireNonNull(corpus, "corpus");
    Objects.requireNonNull(split, "split");
    Objects.requireNonNull(vocabulary, "vocabulary");
    Objects.requireNonNull(rules, "rules");
    Objects.requireNonNull(output, "output");
  }
}
