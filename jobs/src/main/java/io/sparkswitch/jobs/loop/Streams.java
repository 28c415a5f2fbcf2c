package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.batch.BatchStream;
import io.sparkswitch.data.batch.SpanCorruption;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.jobs.conf.DataSettings;
import io.sparkswitch.jobs.conf.RunConfig;

/** The batch streams of a configuration: the same wherever they are opened. */
public final class Streams {
  private Streams() {}

  /** The batches of a training run; batch n is that of step n + 1. */
  public static BatchStream training(RunConfig config, ShardSet shards) {
    return BatchStream.training(
        shards,
        corruption(config, shards),
        config.training().batchSize(),
        config.seed(),
        config.data().shuffleWindowRowGroups());
  }

  static BatchStream validation(RunConfig config, ShardSet shards) {
    return BatchStream.validation(
        shards,
        corruption(config, shards),
        config.training().evaluationBatchSize(),
        config.training().evaluationSeed());
  }

  static SpanCorruption corruption(RunConfig config, ShardSet shards) {
    DataSettings data = config.data();
    return SpanCorruption.of(
        shards.manifest().vocabulary(),
        data.inputsLength(),
        data.noiseDensity(),
        data.meanSpanLength());
  }
}
