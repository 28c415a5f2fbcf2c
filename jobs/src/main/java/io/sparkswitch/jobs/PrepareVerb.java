package io.sparkswitch.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.batch.SegmentLengths;
import io.sparkswitch.data.pipeline.CorpusPreparation;
import io.sparkswitch.data.pipeline.PrepareRequest;
import io.sparkswitch.data.pipeline.PrepareSummary;
import io.sparkswitch.data.pipeline.ShardOutput;
import io.sparkswitch.data.shard.ShardCounts;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.source.Split;
import io.sparkswitch.jobs.conf.DataSettings;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.track.OutputFolder;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "prepare",
    description =
        "Turns both splits of a corpus into Parquet shards of token ids, DIR/train and"
            + " DIR/validation. Malformed lines are counted and kept aside.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {
      "",
      "Example: sparkswitch prepare --corpus runs/demo/corpus --vocab runs/demo/vocab"
          + " --out runs/demo/shards --config conf/runs/demo-dense.conf"
    })
final class PrepareVerb extends ConfiguredVerb {
  @Mixin private OutputOptions output;

  @Option(
      names = "--corpus",
      required = true,
      paramLabel = "FOLDER",
      description = "folder of C4, mC4, JSON lines, Parquet, text or WET files")
  private String corpus;

  @Option(
      names = "--vocab",
      required = true,
      paramLabel = "DIR",
      description = "folder that the verb vocab wrote")
  private String vocabulary;

  @Override
  Optional<String> statusFolder() {
    return Optional.of(output.out());
  }

  @Override
  List<String> sections() {
    return List.of("data");
  }

  @Override
  void run(VerbRun run) throws IOException {
    for (Split split : Split.values()) {
      CorpusInput.files(corpus, run.hadoop(), split);
    }
    VocabularyRecord record = VocabularyRecord.open(vocabulary, run.hadoop());
    DataSettings data = run.config().data();
    SegmentLengths lengths =
        SegmentLengths.of(data.inputsLength(), data.noiseDensity(), data.meanSpanLength());
    run.say(
        "Segments of %d tokens, because %d inputs and %d targets are corrupted from them."
            .formatted(lengths.segment(), lengths.inputs(), lengths.targets()));
    Provenance provenance =
        Provenance.of(run.verb(), run.config()).withVocabulary(record.spec().digest());
    ShardSettings settings = new ShardSettings(lengths.segment(), data.rowGroupSegments());
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(run.spark().sparkContext());
    for (Split split : Split.values()) {
      run.progress("preparing the %s split".formatted(split.word()));
      PrepareSummary summary = prepare(spark, request(run, split, settings, provenance));
      run.say(summary.sentence());
      report(run, split, summary);
      if (split == Split.TRAIN) {
        run.keep(provenance.withData(summary.manifest().dataDigest()));
      }
    }
  }

  private PrepareRequest request(
      VerbRun run, Split split, ShardSettings settings, Provenance provenance) throws IOException {
    ShardOutput.Existing existing =
        output.fresh() ? ShardOutput.Existing.REPLACE : ShardOutput.Existing.KEEP;
    return new PrepareRequest(
        corpus,
        split,
        OutputFolder.of(vocabulary, run.hadoop()).uri(VocabularyRecord.MODEL),
        settings,
        new ShardOutput(run.folder().uri(split.word()), existing, provenance.toMap()));
  }

  private static PrepareSummary prepare(JavaSparkContext spark, PrepareRequest request) {
    try {
      return CorpusPreparation.prepare(spark, request);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
  }

  private static void report(VerbRun run, Split split, PrepareSummary summary) {
    ShardCounts counts = summary.manifest().totals();
    ObjectNode node = run.results().putObject(split.word());
    node.put("folder", summary.folder());
    node.put("outcome", summary.outcome().name().toLowerCase(Locale.ROOT));
    node.put("documents", counts.documents());
    node.put("malformed", counts.malformed());
    node.put("tokens", counts.tokens());
    node.put("segments", counts.segments());
    node.put("dataHash", summary.manifest().dataDigest());
  }
}
