package io.sparkswitch.jobs;

import io.sparkswitch.data.batch.example.ExampleFolder;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.loop.Architecture;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "finetune",
    description =
        "Trains a model further on supervised examples, text to text: JSON lines (compressed or"
            + " not) or Parquet with inputs and targets. Begins with the parameters of a run that"
            + " pretrain, distill or import wrote, and has its model settings as defaults. The same"
            + " command again continues.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {
      "",
      "Example: sparkswitch finetune --from runs/demo/switch --vocab runs/demo/vocab"
          + " --examples task/train.jsonl.gz --validation-examples task/validation.jsonl.gz"
          + " --out runs/demo/task --config conf/runs/finetune.conf"
    })
final class FinetuneVerb extends GangVerb {
  @Option(
      names = "--from",
      required = true,
      paramLabel = "DIR",
      description = "run folder whose parameters to begin with")
  private String from;

  @Option(
      names = "--from-step",
      paramLabel = "N",
      description = "its checkpoint of that step; without it the newest")
  private Long fromStep;

  @Option(
      names = "--examples",
      required = true,
      paramLabel = "PATH",
      description = "file or folder of examples to train on")
  private String examples;

  @Option(
      names = "--validation-examples",
      paramLabel = "PATH",
      description = "file or folder of examples to evaluate on while training; without it none")
  private String validation;

  @Option(
      names = "--vocab",
      required = true,
      paramLabel = "DIR",
      description = "folder with the vocabulary that the model was trained with")
  private String vocabulary;

  @Override
  List<String> sections() {
    return List.of("model", "routing", "examples", "training", "optimizer", "gang", "exchange");
  }

  /**
   * The model that is trained further, beneath the options; how it was trained is not taken over.
   */
  @Override
  Optional<String> savedConfiguration(VerbRun run) throws IOException {
    Optional<String> saved = SavedRun.configuration(from, run);
    return Optional.of(
        ConfigLoader.load(Optional.empty(), List.of(), saved).render(List.of("model", "routing")));
  }

  @Override
  void run(VerbRun run) throws Exception {
    OptionalLong step = fromStep == null ? OptionalLong.empty() : OptionalLong.of(fromStep);
    SavedRun parent = SavedRun.open(from, step, run);
    VocabularySpec spec = VocabularyRecord.open(vocabulary, run.hadoop()).spec();
    parent.requireVocabulary(spec);
    ExampleFolder train = OpenExamples.tokenised(examples, vocabulary, run.folder(), run);
    Optional<ExampleFolder> evaluated = Optional.empty();
    if (validation != null) {
      evaluated = Optional.of(OpenExamples.tokenised(validation, vocabulary, run.folder(), run));
    }
    OpenExamples open = new OpenExamples(train, evaluated);
    TrainingJob job = new TrainingJob(run, open.trainingData(run.config()), "");
    job.startsFrom(
        new StartingPoint(parent.checkpoint(), Architecture.of(run.config(), spec.rows())));
    job.run(output().fresh(), dense -> {});
  }
}
