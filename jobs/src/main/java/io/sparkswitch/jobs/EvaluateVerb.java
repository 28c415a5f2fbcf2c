package io.sparkswitch.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.batch.example.ExampleFolder;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.gang.Gang;
import io.sparkswitch.jobs.loop.Evaluation;
import io.sparkswitch.jobs.loop.Evaluation.Result;
import io.sparkswitch.jobs.loop.LoadedModel;
import io.sparkswitch.jobs.loop.ModelWorker;
import io.sparkswitch.jobs.loop.Plan;
import io.sparkswitch.jobs.track.OutputFolder;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "evaluate",
    description =
        "Measures negative log perplexity on the whole validation split, of each of its languages"
            + " too, or on supervised examples; dropless and with the training capacity. Writes"
            + " DIR/evaluation.json. The run's own configuration is the default.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {"", "Example: sparkswitch evaluate --run runs/demo/switch --shards runs/demo/shards"})
final class EvaluateVerb extends TrainedModelVerb {
  static final String EVALUATION = "evaluation.json";
  static final String SHUFFLED_INPUTS = "withShuffledInputs";

  @Option(
      names = "--shards",
      paramLabel = "DIR",
      description = "folder that the verb prepare wrote, or else --examples")
  private String shards;

  @Option(
      names = "--examples",
      paramLabel = "PATH",
      description = "file or folder of supervised examples, with --vocab; or else --shards")
  private String examples;

  @Option(
      names = "--vocab",
      paramLabel = "DIR",
      description = "folder that the verb vocab wrote; refused if the shards have another")
  private String vocabulary;

  @Option(
      names = "--shuffled-inputs",
      description =
          "also measures the loss with every sequence's encoder input exchanged for another's; the"
              + " difference is what the model draws from its context; with --shards")
  private boolean shuffledInputs;

  @Override
  boolean needsGang() {
    return true;
  }

  @Override
  List<String> sections() {
    return List.of("model", "training");
  }

  @Override
  void run(VerbRun run) throws Exception {
    long startedAt = System.nanoTime();
    EvaluationData data = data(run);
    SavedRun saved = SavedRun.open(checkpoint().run(), checkpoint().step(), run);
    saved.requireVocabulary(data.vocabulary());
    int rows = data.vocabulary().rows();
    LoadedModel model = saved.model(run.config(), data.where(), "", rows);
    JavaSparkContext spark = run.spark();
    Gang gang = new Gang(spark, run.config().gang(), run.config().exchange(), run::say);
    Plan plan = Plan.of(run.config(), rows, gang.size());
    run.say(
        "Evaluating %s on %,d sequences over %d executor(s)."
            .formatted(saved.checkpoint().folder(), data.text().sequences(), gang.size()));
    Result result =
        gang.run(
            new ModelWorker(model.spec()),
            Evaluation.of(model, data.text().sequences(), data.sequencesOfLanguages()));
    OptionalDouble shuffled =
        shuffledInputs
            ? OptionalDouble.of(
                gang.run(
                    new ModelWorker(model.spec()),
                    Evaluation.ofShuffledInputs(model, data.text().sequences())))
            : OptionalDouble.empty();
    EvaluationFigures all = new EvaluationFigures(result, data.text(), data.languages());
    ObjectNode figures = run.results();
    all.addTo(figures);
    if (shuffled.isPresent()) {
      figures.putObject(SHUFFLED_INPUTS).put("negLogPerplexity", -shuffled.getAsDouble());
    }
    figures.put("parameters", plan.parameters());
    figures.put("flopsPerToken", plan.flopsPerToken(data.inputs(), data.targets()));
    figures.put("step", saved.checkpoint().manifest().step());
    figures.put("seconds", (System.nanoTime() - startedAt) / 1e9);
    figures.set("provenance", Json.tree(saved.checkpoint().manifest().provenance()));
    OutputFolder.of(checkpoint().run(), run.hadoop())
        .write(EVALUATION, figures.toPrettyString() + "\n");
    all.lines().forEach(run::say);
    shuffled.ifPresent(
        loss ->
            run.say(
                String.format(Locale.ROOT, "With other sequences' encoder inputs: %.4f.", -loss)));
  }

  private EvaluationData data(VerbRun run) throws IOException {
    if ((shards == null) == (examples == null)) {
      throw new UsageException("evaluate needs either --shards or --examples");
    }
    if (shuffledInputs && shards == null) {
      throw new UsageException("--shuffled-inputs needs --shards: examples keep their inputs");
    }
    if (shards != null) {
      return EvaluationData.of(OpenShards.open(new ShardOptions(shards, vocabulary), run));
    }
    if (vocabulary == null) {
      throw new UsageException(
          "--examples %s needs --vocab, the vocabulary that the model was trained with"
              .formatted(examples));
    }
    OutputFolder folder = OutputFolder.of(checkpoint().run(), run.hadoop());
    ExampleFolder tokenised = OpenExamples.tokenised(examples, vocabulary, folder, run);
    OpenExamples.truncated(tokenised.manifest(), run.config()).ifPresent(run::say);
    return EvaluationData.of(tokenised, run.config());
  }
}
