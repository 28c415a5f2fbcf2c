package io.sparkswitch.jobs;

import io.sparkswitch.data.batch.BatchStream;
import io.sparkswitch.data.batch.corruption.SpanCorruption;
import io.sparkswitch.distill.target.StreamOrigin;
import io.sparkswitch.distill.target.StreamOrigin.Masks;
import io.sparkswitch.distill.target.TargetsOrigin;
import io.sparkswitch.jobs.conf.DataSettings;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.checkpoint.CheckpointManifest;

/** What ties soft targets to a teacher and to a student's stream. */
final class Targets {
  private Targets() {}

  /** Steps of the student's stream that get soft targets. */
  static long steps(RunConfig config) {
    return config.teach().steps() > 0 ? config.teach().steps() : config.training().steps();
  }

  /**
   * @param student the student's configuration
   */
  static TargetsOrigin origin(CheckpointManifest teacher, RunConfig student, OpenShards shards) {
    DataSettings data = student.data();
    SpanCorruption corruption =
        SpanCorruption.of(
            shards.vocabulary(), data.inputsLength(), data.noiseDensity(), data.meanSpanLength());
    int batchSize = student.training().batchSize();
    try (BatchStream stream =
        BatchStream.training(
            shards.train(), corruption, batchSize, student.seed(), data.shuffleWindowRowGroups())) {
      return new TargetsOrigin(
          TargetsOrigin.digestOf(teacher),
          shards.vocabulary().digest(),
          StreamOrigin.of(
              shards.train().manifest(),
              student.seed(),
              batchSize,
              Masks.of(corruption, stream.corruptionSeed())));
    }
  }
}
