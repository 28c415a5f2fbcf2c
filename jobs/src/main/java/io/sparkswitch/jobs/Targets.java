package io.sparkswitch.jobs;

import io.sparkswitch.data.batch.BatchStream;
import io.sparkswitch.data.batch.SpanCorruption;
import io.sparkswitch.distill.target.StreamOrigin;
import io.sparkswitch.distill.target.StreamOrigin.Masks;
import io.sparkswitch.distill.target.TargetsOrigin;
import io.sparkswitch.jobs.conf.DataSettings;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.track.OutputFolder;
import io.sparkswitch.model.checkpoint.CheckpointManifest;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

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

  /** Removes what an unfinished teaching, or the one that is replaced, left. */
  static void clear(OutputFolder folder, Configuration hadoop) throws IOException {
    Path path = new Path(folder.uri());
    FileSystem fs = path.getFileSystem(hadoop);
    if (!fs.exists(path)) {
      return;
    }
    fs.delete(new Path(path, "manifest.json"), false);
    for (FileStatus file : fs.listStatus(path, p -> p.getName().endsWith(".parquet"))) {
      fs.delete(file.getPath(), false);
    }
  }
}
