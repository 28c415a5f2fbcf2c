package io.sparkswitch.jobs;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.loop.Architecture;
import io.sparkswitch.jobs.loop.LoadedModel;
import io.sparkswitch.jobs.loop.RunData;
import io.sparkswitch.jobs.loop.TeacherSpec;
import io.sparkswitch.jobs.loop.WorkerSpec;
import io.sparkswitch.jobs.loop.WorkerSpec.Folders;
import io.sparkswitch.jobs.track.OutputFolder;
import io.sparkswitch.model.checkpoint.CheckpointFolder;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Parameters;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;

/**
 * A run folder that pretrain or distill wrote, to be read.
 *
 * @param folder where it lies
 * @param checkpoint the one chosen
 * @param hadoop the cluster's file systems
 */
record SavedRun(OutputFolder folder, Committed checkpoint, Configuration hadoop) {

  static SavedRun open(String folder, OptionalLong step, VerbRun run) throws IOException {
    OutputFolder output = OutputFolder.of(folder, run.hadoop());
    Committed checkpoint =
        new CheckpointFolder(output.uri(TrainingJob.CHECKPOINTS), run.hadoop(), run::say)
            .require(step);
    return new SavedRun(output, checkpoint, run.hadoop());
  }

  /** The configuration that the run was trained with. */
  static Optional<String> configuration(String folder, VerbRun run) throws IOException {
    Optional<String> text = OutputFolder.of(folder, run.hadoop()).read(VerbRun.CONFIG_FILE);
    if (text.isEmpty()) {
      throw new InputException(
          "%s holds no %s: give the folder that pretrain or distill wrote"
              .formatted(folder, VerbRun.CONFIG_FILE));
    }
    return text;
  }

  RunConfig configuration() throws IOException {
    String text = folder.read(VerbRun.CONFIG_FILE).orElseThrow();
    return ConfigLoader.load(Optional.empty(), List.of(), Optional.of(text));
  }

  /** Refuses a vocabulary that the model was not trained with. */
  void requireVocabulary(VocabularySpec vocabulary) {
    String trained = checkpoint.manifest().provenance().get("vocabularyHash");
    if (!vocabulary.digest().equals(trained)) {
      throw new UsageException(
          "%s was trained with the vocabulary %.12s, but %.12s is given: use the shards and the vocabulary it was trained with"
              .formatted(checkpoint.folder(), trained, vocabulary.digest()));
    }
  }

  /**
   * @param config of the model as the run has it; what does not change its parameters may differ
   * @param targets folder of soft targets to write; empty for none
   * @throws UsageException if the configuration describes another model
   */
  LoadedModel model(RunConfig config, RunData data, String targets, int rows) throws IOException {
    requireSameParameters(config, rows);
    Folders folders = new Folders(data, folder.uri(TrainingJob.CHECKPOINTS), targets);
    return new LoadedModel(new WorkerSpec(config, folders), checkpoint, rows, hadoop);
  }

  /** The model as a teacher in the gang of a student. */
  TeacherSpec teacher(RunConfig student) throws IOException {
    RunConfig own = configuration();
    return new TeacherSpec(
        student.withModel(own.model(), own.routing()),
        folder.uri(TrainingJob.CHECKPOINTS),
        checkpoint.manifest().step(),
        checkpoint.manifest().attempt());
  }

  private void requireSameParameters(RunConfig config, int rows) throws IOException {
    Map<String, String> trained = shapes(configuration(), rows);
    Map<String, String> asked = shapes(config, rows);
    Set<String> names = new TreeSet<>(trained.keySet());
    names.addAll(asked.keySet());
    for (String name : names) {
      String there = trained.getOrDefault(name, "missing");
      String here = asked.getOrDefault(name, "missing");
      if (!there.equals(here)) {
        throw new UsageException(
            "the settings of model are not those of %s: parameter %s is %s there and %s here. Leave them out, the run's own are the default"
                .formatted(checkpoint.folder(), name, there, here));
      }
    }
  }

  private static Map<String, String> shapes(RunConfig config, int rows) {
    T5Config model = Architecture.of(config, rows);
    Map<String, String> shapes = new HashMap<>();
    T5Parameters.dense(model).forEach(p -> shapes.put(p.name(), Arrays.toString(p.shape())));
    T5Parameters.experts(model, 0, model.experts())
        .forEach(p -> shapes.put(p.name(), Arrays.toString(p.shape())));
    return shapes;
  }
}
