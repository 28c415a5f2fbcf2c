package io.sparkswitch.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.shard.ShardCounts;
import io.sparkswitch.jobs.gang.Gang;
import io.sparkswitch.jobs.loop.Evaluation;
import io.sparkswitch.jobs.loop.Evaluation.Result;
import io.sparkswitch.jobs.loop.LoadedModel;
import io.sparkswitch.jobs.loop.ModelWorker;
import io.sparkswitch.jobs.loop.Plan;
import io.sparkswitch.jobs.track.OutputFolder;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "evaluate",
    description =
        "Measures negative log perplexity on the whole validation split, dropless and with the"
            + " training capacity; writes DIR/evaluation.json. The run's own configuration is the"
            + " default.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {"", "Example: sparkswitch evaluate --run runs/demo/switch --shards runs/demo/shards"})
final class EvaluateVerb extends TrainedModelVerb {
  static final String EVALUATION = "evaluation.json";

  @Mixin private ShardOptions shards;

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
    OpenShards open = OpenShards.open(shards, run);
    SavedRun saved = SavedRun.open(checkpoint().run(), checkpoint().step(), run);
    saved.requireVocabulary(open.vocabulary());
    LoadedModel model = saved.model(run.config(), open, "", open.vocabulary().rows());
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(run.spark().sparkContext());
    Gang gang = new Gang(spark, run.config().gang(), run.config().exchange(), run::say);
    Plan plan = Plan.of(run.config(), open.vocabulary().rows(), gang.size());
    long sequences = open.validation().segments();
    run.say(
        "Evaluating %s on %,d sequences over %d executor(s)."
            .formatted(saved.checkpoint().folder(), sequences, gang.size()));
    Result result = gang.run(new ModelWorker(model.spec()), Evaluation.of(model, sequences));
    ShardCounts text = open.validation().manifest().totals();
    ObjectNode figures = run.results();
    figures.put("negLogPerplexity", result.negLogPerplexity());
    figures.put("crossEntropySum", result.crossEntropy());
    figures.put("targetTokens", result.targetTokens());
    // Sentinels and ends cost nats too, but only masked tokens stand for bytes.
    double bytesPerToken = (double) text.textBytes() / text.tokens();
    double maskedBytes = sequences * open.lengths().masked() * bytesPerToken;
    figures.put("natsPerByte", result.crossEntropy() / maskedBytes);
    result
        .crossEntropyWithTrainingCapacity()
        .ifPresent(
            sum ->
                figures
                    .putObject("withTrainingCapacity")
                    .put("negLogPerplexity", -sum / result.targetTokens()));
    figures.put("sequences", sequences);
    figures.put("parameters", plan.parameters());
    figures.put(
        "flopsPerToken", plan.flopsPerToken(open.lengths().inputs(), open.lengths().targets()));
    figures.put("step", saved.checkpoint().manifest().step());
    figures.put("seconds", (System.nanoTime() - startedAt) / 1e9);
    figures.set("provenance", Json.tree(saved.checkpoint().manifest().provenance()));
    OutputFolder.of(checkpoint().run(), run.hadoop())
        .write(EVALUATION, figures.toPrettyString() + "\n");
    run.say(
        String.format(
            Locale.ROOT,
            "Negative log perplexity %.4f a target token (%.4f nats a byte) over %,d target tokens.",
            result.negLogPerplexity(),
            figures.path("natsPerByte").asDouble(),
            result.targetTokens()));
  }
}
