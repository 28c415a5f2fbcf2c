package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.batch.BatchStream;
import io.sparkswitch.data.shard.PinnedShards;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.jobs.conf.RunConfig;
import org.apache.hadoop.conf.Configuration;

/**
 * Prepared text, whose spans are masked.
 *
 * @param train the training split's shards
 * @param validation the validation split's shards
 */
public record ShardData(PinnedShards train, PinnedShards validation) implements RunData {

  @Override
  public Opened open(RunConfig config, Configuration hadoop) {
    ShardSet trainShards = train.open(hadoop);
    ShardSet validationShards = validation.open(hadoop);
    return new Opened() {
      @Override
      public int vocabularyRows() {
        return trainShards.manifest().vocabulary().rows();
      }

      @Override
      public BatchStream training() {
        return Streams.training(config, trainShards);
      }

      @Override
      public BatchStream validation(int part) {
        return Streams.validation(config, validationShards, part);
      }
    };
  }
}
