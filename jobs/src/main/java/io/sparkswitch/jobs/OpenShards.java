package io.sparkswitch.jobs;

import io.sparkswitch.data.batch.corruption.SegmentLengths;
import io.sparkswitch.data.shard.ManifestFile;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.conf.DataSettings;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.loop.ShardData;
import io.sparkswitch.jobs.loop.Streams;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * Both splits, opened and checked against one another and the configuration.
 *
 * @param train the training split
 * @param validation the validation split
 * @param lengths of a sequence, by the configuration
 */
record OpenShards(ShardSet train, ShardSet validation, SegmentLengths lengths) {

  /**
   * The newest shards.
   *
   * @throws UsageException if the splits, the vocabulary and the configuration do not fit together
   */
  static OpenShards open(ShardOptions options, VerbRun run) throws IOException {
    return open(options, run, ShardSet.open(options.training(run.hadoop()), run.hadoop()));
  }

  /**
   * The shards that the run in the verb's folder was begun with, if they are still there; else, and
   * for a new run, the newest.
   */
  static OpenShards ofRun(ShardOptions options, VerbRun run) throws IOException {
    String folder = options.training(run.hadoop());
    Optional<String> begunWith = Provenance.dataHash(run.folder());
    Optional<ShardSet> pinned =
        begunWith.isPresent()
            ? ShardSet.openPinned(folder, begunWith.get(), run.hadoop())
            : Optional.empty();
    if (pinned.isEmpty()) {
      return open(options, run);
    }
    int own = pinned.get().manifest().number();
    ManifestFile.newest(new Path(folder), run.hadoop())
        .map(ShardManifest::number)
        .filter(newest -> newest != own)
        .ifPresent(
            newest ->
                run.say(
                    "The run goes on with the shards it began with, manifest %d of %s; those of manifest %d are for new runs."
                        .formatted(own, folder, newest)));
    return open(options, run, pinned.get());
  }

  private static OpenShards open(ShardOptions options, VerbRun run, ShardSet train)
      throws IOException {
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

  /** The shards, for a training job. */
  TrainingData trainingData(RunConfig config) {
    return new TrainingData(
        where(),
        vocabulary(),
        train.manifest().dataDigest(),
        config.data().order(),
        validation.segments(),
        lengths.inputs(),
        lengths.targets(),
        () -> Streams.account(config, train));
  }

  /** The same, for all processes of a run. */
  ShardData where() {
    return new ShardData(train.pinned(), validation.pinned());
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
