package io.sparkswitch.jobs;

import io.sparkswitch.data.batch.BatchStream;
import io.sparkswitch.data.batch.ExampleStreams;
import io.sparkswitch.data.batch.example.ExampleFolder;
import io.sparkswitch.data.batch.example.ExampleManifest;
import io.sparkswitch.data.batch.mixture.PartUsage;
import io.sparkswitch.data.source.pair.TextPairs;
import io.sparkswitch.data.token.Vocabulary;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.conf.ExampleSettings;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.conf.TrainingSettings;
import io.sparkswitch.jobs.loop.ExampleData;
import io.sparkswitch.jobs.track.OutputFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * Supervised examples, tokenised.
 *
 * @param train those to train on
 * @param validation those to evaluate on; empty for none
 */
record OpenExamples(ExampleFolder train, Optional<ExampleFolder> validation) {
  private static final String FOLDER = "examples";

  /**
   * Examples in {@code folder}'s subfolder {@value #FOLDER}: tokenised now if they are not there.
   *
   * @param path file or folder of examples
   * @param vocabulary folder that the verb vocab wrote
   */
  static ExampleFolder tokenised(String path, String vocabulary, OutputFolder folder, VerbRun run)
      throws IOException {
    VocabularySpec spec = VocabularyRecord.open(vocabulary, run.hadoop()).spec();
    List<Path> files = TextPairs.files(path, run.hadoop());
    byte[] model = VocabularyRecord.model(vocabulary, spec, run.hadoop());
    run.progress("tokenising %s".formatted(path));
    try (Vocabulary loaded = Vocabulary.load(model)) {
      return ExampleFolder.of(files, loaded, new Path(folder.uri(FOLDER)), run.hadoop());
    }
  }

  /** The examples, for a training job. */
  TrainingData trainingData(RunConfig config) {
    ExampleSettings settings = config.examples();
    return new TrainingData(
        where(),
        train.manifest().vocabulary(),
        train.manifest().sha256(),
        settings.toString(),
        validation.map(folder -> folder.manifest().examples()).orElse(0L),
        settings.inputsLength(),
        settings.targetsLength(),
        () -> account(config));
  }

  ExampleData where() {
    return new ExampleData(train.pinned(), validation.orElse(train).pinned());
  }

  /** What a run uses of examples, and what they lose. */
  private List<String> account(RunConfig config) {
    List<String> sentences = new ArrayList<>();
    sentences.add(usage(config));
    truncated(train.manifest(), config).ifPresent(sentences::add);
    if (validation.isEmpty()) {
      sentences.add(
          "No evaluation while training: --validation-examples gives examples to evaluate on.");
    } else {
      truncated(validation.get().manifest(), config)
          .ifPresent(sentence -> sentences.add("Validation: " + sentence));
    }
    return sentences;
  }

  private String usage(RunConfig config) {
    TrainingSettings training = config.training();
    try (BatchStream stream =
        ExampleStreams.training(
            train.source(), config.examples().shape(), training.batchSize(), config.seed())) {
      PartUsage all = stream.usage(training.steps()).get(0);
      return String.format(
          Locale.ROOT,
          "Data: %,d sequences, %.2f epochs of %,d that hold %,d examples.",
          all.sequences(),
          all.epochs(),
          all.segments(),
          train.manifest().examples());
    }
  }

  /** How many examples are cut short, in words; empty if none are. */
  static Optional<String> truncated(ExampleManifest manifest, RunConfig config) {
    ExampleSettings settings = config.examples();
    long inputs = manifest.longInputs(settings.shape());
    long targets = manifest.longTargets(settings.shape());
    return inputs + targets == 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "Of %,d examples %,d lose the end of their inputs (examples.inputs-length = %d) and %,d that of their targets (examples.targets-length = %d).",
                manifest.examples(),
                inputs,
                settings.inputsLength(),
                targets,
                settings.targetsLength()));
  }
}
