package io.sparkswitch.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.batch.corruption.SegmentLengths;
import io.sparkswitch.data.pipeline.CorpusPreparation;
import io.sparkswitch.data.pipeline.PrepareRequest;
import io.sparkswitch.data.pipeline.PrepareRules;
import io.sparkswitch.data.pipeline.PrepareSummary;
import io.sparkswitch.data.pipeline.ShardOutput;
import io.sparkswitch.data.pipeline.cut.Cleaning;
import io.sparkswitch.data.shard.DocumentCounts;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.source.Corpus;
import io.sparkswitch.data.source.Split;
import io.sparkswitch.jobs.conf.DataSettings;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.report.PreparePage;
import io.sparkswitch.jobs.track.OutputFolder;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "prepare",
    description =
        "Turns both splits of a corpus into Parquet shards of token ids, DIR/train and"
            + " DIR/validation. Takes only source files that are new since the last run; malformed"
            + " records are counted and kept aside in _quarantine. Exit codes: 0 done, 3 bad input,"
            + " 75 another run is writing there, try again.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {
      "",
      "Example: sparkswitch prepare --corpus runs/demo/corpus --vocab runs/demo/vocab"
          + " --out runs/demo/shards --config conf/runs/demo-dense.conf"
    })
final class PrepareVerb extends ConfiguredVerb {
  private static final String PAGE = "prepare.html";

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

  @Option(
      names = "--exclude",
      paramLabel = "FILE",
      description =
          "addresses, one a line, whose documents are taken down: their shards are made again"
              + " without them, and no later run lets them in; lines that begin with # are"
              + " comments")
  private String exclude;

  @Option(
      names = "--bad-words",
      paramLabel = "DIR",
      description =
          "lists for the rules bad-words and bad-words-2020: a file a language, such as en.txt,"
              + " one word a line; none are shipped")
  private String badWords;

  @Option(
      names = "--nothing-new-exit-code",
      paramLabel = "CODE",
      defaultValue = "0",
      description = "what to exit with if no source file was new, for schedulers that ask")
  private int nothingNewExitCode;

  private boolean anythingNew;

  @Override
  int codeWhenDone() {
    return anythingNew ? super.codeWhenDone() : nothingNewExitCode;
  }

  @Override
  Optional<String> statusFolder() {
    return Optional.of(output.out());
  }

  @Override
  List<String> sections() {
    return List.of("data", "prepare");
  }

  @Override
  void run(VerbRun run) throws IOException {
    for (Split split : Split.values()) {
      CorpusInput.files(corpus, run.hadoop(), split);
    }
    Corpus.remarks(corpus, run.hadoop()).forEach(run::say);
    VocabularyRecord record = VocabularyRecord.open(vocabulary, run.hadoop());
    DataSettings data = run.config().data();
    SegmentLengths lengths =
        SegmentLengths.of(data.inputsLength(), data.noiseDensity(), data.meanSpanLength());
    run.say(
        "Segments of %d tokens, because %d inputs and %d targets are corrupted from them."
            .formatted(lengths.segment(), lengths.inputs(), lengths.targets()));
    Provenance provenance =
        Provenance.of(run.verb(), run.config()).withVocabulary(record.spec().digest());
    PrepareRules rules =
        new PrepareRules(
            new ShardSettings(lengths.segment(), data.rowGroupSegments()),
            new Cleaning(
                run.config().prepare().cleaning(),
                BadWordLists.read(badWords, run.hadoop()),
                run.config().prepare().duplicates()),
            run.config().prepare().quarantineShare(),
            AddressList.read(exclude, run.hadoop()));
    rules
        .cleaning()
        .remark()
        .map(remark -> remark + "; give them with --bad-words, or take the rules off")
        .ifPresent(run::say);
    JavaSparkContext spark = run.spark();
    Map<String, ShardManifest> made = new LinkedHashMap<>();
    for (Split split : Split.values()) {
      run.phase(split.word());
      run.progress("preparing the %s split".formatted(split.word()));
      PrepareSummary summary = prepare(spark, request(run, split, rules, provenance), run);
      run.say(summary.sentence());
      run.say(summary.account());
      PrepareTables.of(summary.manifest()).forEach(run::say);
      anythingNew |= summary.outcome() == PrepareSummary.Outcome.PREPARED;
      report(run, split, summary);
      made.put(split.word(), summary.manifest());
      if (split == Split.TRAIN) {
        run.keep(provenance.withData(summary.manifest().dataDigest()));
      }
    }
    run.folder().write(PAGE, new PreparePage(made).render());
    run.say("Page with languages, lengths and what each rule dropped: " + run.folder().uri(PAGE));
  }

  private PrepareRequest request(
      VerbRun run, Split split, PrepareRules rules, Provenance provenance) throws IOException {
    ShardOutput.Existing existing =
        output.fresh() ? ShardOutput.Existing.REPLACE : ShardOutput.Existing.KEEP;
    return new PrepareRequest(
        corpus,
        split,
        OutputFolder.of(vocabulary, run.hadoop()).uri(VocabularyRecord.MODEL),
        rules,
        new ShardOutput(run.folder().uri(split.word()), existing, provenance.toMap()));
  }

  private static PrepareSummary prepare(
      JavaSparkContext spark, PrepareRequest request, VerbRun run) {
    try {
      return CorpusPreparation.prepare(spark, request, new PrepareConsole(run::progress));
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage(), e);
    }
  }

  private static void report(VerbRun run, Split split, PrepareSummary summary) {
    ShardManifest manifest = summary.manifest();
    DocumentCounts documents = manifest.documents();
    ObjectNode node = run.results().putObject(split.word());
    node.put("folder", summary.folder());
    node.put("outcome", summary.outcome().name().toLowerCase(Locale.ROOT));
    node.put("manifest", manifest.number());
    node.put("files", manifest.sources().size());
    node.put("documentsRead", documents.read());
    node.put("documents", documents.kept());
    node.put("quarantined", documents.quarantined());
    node.set("dropped", Json.tree(documents.dropped()));
    node.set("linesDropped", Json.tree(documents.linesDropped()));
    node.put("tokens", manifest.totals().tokens());
    node.put("segments", manifest.totals().segments());
    node.put("bytesPerToken", PrepareTables.bytesPerToken(manifest));
    node.put("dataHash", manifest.dataDigest());
  }
}
