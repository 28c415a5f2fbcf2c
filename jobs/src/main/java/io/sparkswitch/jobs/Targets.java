package io.sparkswitch.jobs;

import io.sparkswitch.data.batch.BatchStream;
import io.sparkswitch.data.batch.corruption.SpanCorruption;
import io.sparkswitch.distill.target.store.StreamOrigin;
import io.sparkswitch.distill.target.store.StreamOrigin.Masks;
import io.sparkswitch.distill.target.store.TargetsOrigin;
import io.sparkswitch.jobs.conf.DataSettings;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.loop.Streams;
import io.sparkswitch.model.checkpoint.CheckpointManifest;

/** What ties soft targets to a teacher and to a student's stream. */
final class Targets {
  private Targets() {}

  /**
   * @param student the student's configuration
   */
  static TargetsOrigin origin(CheckpointManifest teacher, RunConfig student, OpenShards shards) {
    DataSettings data = student.data();
    SpanCorruption corruption =
        SpanCorruption.of(
            shards.vocabulary(), data.inputsLength(), data.noiseDensity(), data.meanSpanLength());
    try (BatchStream stream = Streams.training(student, shards.train())) {
      return new TargetsOrigin(
          TargetsOrigin.digestOf(teacher),
          shards.vocabulary().digest(),
          new StreamOrigin(
              shards.train().manifest().dataDigest(),
              student.seed(),
              student.training().batchSize(),
              mixing(data),
              Masks.of(corruption, stream.corruptionSeed())));
    }
  }

  private static String mixing(DataSettings data) {
    String window = "shuffle-window-row-groups = " + data.shuffleWindowRowGroups();
    return data.mixes()
        ? "%s, language-exponent = %s, weights = %s, max-epochs = %d"
            .formatted(window, data.languageExponent(), data.weights(), data.maxEpochs())
        : window;
  }
}
