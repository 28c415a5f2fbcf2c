package io.sparkswitch.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.batch.SegmentLengths;
import io.sparkswitch.data.shard.ShardCounts;
import io.sparkswitch.jobs.EvaluationFigures.Text;
import io.sparkswitch.jobs.gang.Gang;
import io.sparkswitch.jobs.loop.Evaluation;
import io.sparkswitch.jobs.loop.Evaluation.Result;
import io.sparkswitch.jobs.loop.LoadedModel;
import io.sparkswitch.jobs.loop.ModelWorker;
import io.sparkswitch.jobs.loop.Plan;
import io.sparkswitch.jobs.loop.Streams;
import io.sparkswitch.jobs.track.OutputFolder;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
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
    SortedMap<String, Text> languages = new TreeMap<>();
    Streams.languages(open.validation())
        .forEach((code, counts) -> languages.put(code, text(counts, open.lengths())));
    SortedMap<String, Long> sizes = new TreeMap<>();
    languages.forEach((code, text) -> sizes.put(code, text.sequences()));
    Result result =
        gang.run(new ModelWorker(model.spec()), Evaluation.of(model, sequences, sizes));
    EvaluationFigures all =
        new EvaluationFigures(
            result, text(open.validation().manifest().totals(), open.lengths()), languages);
    ObjectNode figures = run.results();
    all.addTo(figures);
    figures.put("parameters", plan.parameters());
    figures.put(
        "flopsPerToken", plan.flopsPerToken(open.lengths().inputs(), open.lengths().targets()));
    figures.put("step", saved.checkpoint().manifest().step());
    figures.put("seconds", (System.nanoTime() - startedAt) / 1e9);
    figures.set("provenance", Json.tree(saved.checkpoint().manifest().provenance()));
    OutputFolder.of(checkpoint().run(), run.hadoop())
        .write(EVALUATION, figures.toPrettyString() + "\n");
    all.lines().forEach(run::say);
  }

  /** Sentinels and ends cost nats too, but only masked tokens stand for bytes. */
  private static Text text(ShardCounts counts, SegmentLengths lengths) {
    double bytesPerToken = (double) counts.textBytes() / counts.tokens();
    return new Text(counts.segments(), counts.segments() * lengths.masked() * bytesPerToken);
  }
}
