package io.sparkswitch.jobs;

import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.loop.ImportedCheckpoint;
import io.sparkswitch.jobs.track.EventLog;
import io.sparkswitch.jobs.track.MetricsLog;
import io.sparkswitch.jobs.track.OutputFolder;
import io.sparkswitch.model.checkpoint.AttemptNumbers;
import io.sparkswitch.model.checkpoint.CheckpointFolder;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.checkpoint.CheckpointManifest;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import io.sparkswitch.model.checkpoint.ParameterFiles;
import io.sparkswitch.model.checkpoint.TensorSpec;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Writes parameters as the checkpoint of step 0, one tensor at a time.
 *
 * @param folder the run folder
 * @param checkpoints the checkpoints in it
 * @param hadoop the cluster's file systems
 * @param provenance where the parameters come from
 */
record Importer(
    OutputFolder folder,
    CheckpointFolder checkpoints,
    Configuration hadoop,
    Map<String, String> provenance) {
  private static final long SHARD_BYTES = 4L << 30;

  /** What makes an import the same as another. */
  private static final List<String> IDENTITY =
      List.of("verb", "dataHash", "vocabularyHash", "configHash");

  static Importer of(VerbRun run, Provenance provenance) {
    OutputFolder folder = run.folder();
    return new Importer(
        folder,
        new CheckpointFolder(folder.uri(TrainingJob.CHECKPOINTS), run.hadoop(), run::say),
        run.hadoop(),
        provenance.toMap());
  }

  /**
   * Whether the folder already holds just this import.
   *
   * @throws UsageException if it holds another model
   */
  boolean isDone() throws IOException {
    Optional<Committed> latest = checkpoints.latest();
    if (latest.isEmpty()) {
      return false;
    }
    Map<String, String> theirs = latest.get().manifest().provenance();
    for (String key : IDENTITY) {
      if (!provenance.get(key).equals(theirs.get(key))) {
        throw new UsageException(
            "%s holds another model (its %s is %s): give --fresh to replace it, or another --out"
                .formatted(latest.get().folder(), key, theirs.get(key)));
      }
    }
    return true;
  }

  /** Removes what another model left. */
  void clear() throws IOException {
    checkpoints.clear();
    for (String old : List.of(MetricsLog.FILE, EvaluateVerb.EVALUATION, GenerateVerb.SAMPLES)) {
      folder.delete(old);
    }
    EventLog.clear(folder);
  }

  void write(ParameterFiles files, T5Config architecture) throws IOException {
    checkpoints.create();
    int attempt = new AttemptNumbers(folder.uri(TrainingJob.CHECKPOINTS), hadoop).claim();
    Map<Boolean, List<TensorSpec>> byExpert =
        files.specs(ScalarType.Float).stream()
            .collect(Collectors.partitioningBy(spec -> T5Parameters.expertOf(spec.name()) >= 0));
    List<Shard> shards = new ArrayList<>();
    shards.add(checkpoints.writeShard(0, attempt, "dense", byExpert.get(false), files::read));
    List<TensorSpec> experts = byExpert.get(true);
    if (!experts.isEmpty()) {
      shards.addAll(
          checkpoints.writeShards(0, attempt, "experts", experts, files::read, SHARD_BYTES));
    }
    Map<String, String> all = new LinkedHashMap<>(provenance);
    all.put(ImportedCheckpoint.PARAMETERS, ImportedCheckpoint.parameters(architecture));
    checkpoints.commit(
        new CheckpointManifest(CheckpointManifest.FORMAT_VERSION, 0, attempt, shards, all));
  }
}
