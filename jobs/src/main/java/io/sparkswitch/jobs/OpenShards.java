package io.sparkswitch.jobs;

import io.sparkswitch.data.batch.SegmentLengths;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.conf.DataSettings;
import io.sparkswitch.jobs.exit.UsageException;
import java.io.IOException;

/**
 * Both splits, opened and checked against one another and the configuration.
 *
 * @param train the training split
 * @param validation the validation split
 * @param lengths of a sequence, by the configuration
 */
record OpenShards(ShardSet train, ShardSet validation, SegmentLengths lengths) {

  /**
   * @throws UsageException if the splits, the vocabulary and the configuration do not fit together
   */
  static OpenShards open(ShardOptions options, VerbRun run) throws IOException {
    ShardSet train = ShardSet.open(options.training(run.hadoop()), run.hadoop());
    ShardSet validation = ShardSet.open(options.validation(run.hadoop()), run.hadoop());
    DataSettings data = run.config().data();
    SegmentLengths lengths =
        SegmentLengths.of(data.inputsLength(), data.noiseDensity(), data.meanSpanLength());
    VocabularySpec ours = train.manifest().vocabulary();
    requireSame(ours, validation.manifest().vocabulary(), options.validation(run.hadoop()));
    if (options.vocabulary().isPresent()) {
      requireSame(ours, vocabulary(options.vocabulary().get(), run), options.vocabulary().get());
    }
    if (train.segmentLength() != lengths.segment()) {
      throw new UsageException(
          "%s holds segments of %d tokens, but data.inputs-length = %d needs %d: prepare the corpus again with this configuration, or set data.inputs-length as it was"
              .formatted(
                  options.training(run.hadoop()),
                  train.segmentLength(),
                  data.inputsLength(),
                  lengths.segment()));
    }
    return new OpenShards(train, validation, lengths);
  }

  VocabularySpec vocabulary() {
    return train.manifest().vocabulary();
  }

  private static VocabularySpec vocabulary(String folder, VerbRun run) throws IOException {
    return VocabularyRecord.open(folder, run.hadoop()).spec();
  }

  private static void requireSame(VocabularySpec ours, VocabularySpec other, String where) {
    if (!ours.equals(other)) {
      throw new UsageException(
          "%s has a vocabulary of %d pieces (digest %.12s), the training shards have %d (%.12s): use the vocabulary the shards were made with, or prepare them again"
              .formatted(where, other.pieces(), other.digest(), ours.pieces(), ours.digest()));
    }
  }
}
