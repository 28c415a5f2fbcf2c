package io.sparkswitch.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.jobs.bench.DataBench;
import io.sparkswitch.jobs.bench.DataBench.DataMeasured;
import io.sparkswitch.jobs.bench.GangBench;
import io.sparkswitch.jobs.bench.GangBench.Part;
import io.sparkswitch.jobs.bench.ModelBench;
import io.sparkswitch.jobs.bench.ModelBench.Group;
import io.sparkswitch.jobs.bench.ModelBench.Measured;
import io.sparkswitch.jobs.bench.ModelBench.Size;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.track.OutputFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "bench",
    description =
        "Measures. model: a full training step of a dense model and of its Switch twin beside the"
            + " rate of the same matrix products alone, in this process, without Spark. data:"
            + " preparing a corpus beside the tokenizer alone, and the training stream beside"
            + " training, with Spark in this process. gang: between processes on this machine, each"
            + " on a core, what moves between executors beside a bare socket, an executor beside a"
            + " loop without a gang, two executors beside twice one, gradients to the driver and"
            + " back beside bare sockets, and what the driver sends, receives and holds by the"
            + " number of executors; takes about an hour.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {
      "",
      "Example: sparkswitch bench model --size mini --threads 1,2 --json runs/bench.json",
      "Example: sparkswitch bench data --corpus runs/demo/corpus --vocab runs/demo/vocab",
      "Example: sparkswitch bench gang --json runs/gang.json"
    })
final class BenchVerb extends ConfiguredVerb {
  private static final int ROUNDS = 3;

  /** What can be measured. */
  enum Subject {
    MODEL,
    DATA,
    GANG
  }

  @Parameters(paramLabel = "WHAT", description = "what to measure: ${COMPLETION-CANDIDATES}")
  private Subject subject;

  @Option(
      names = "--size",
      split = ",",
      defaultValue = "MINI,BASE",
      paramLabel = "SIZE",
      description =
          "MINI: d_model 256, 4 + 4 layers; BASE: T5-Base and Switch-Base-8, which needs 12 GB and"
              + " some minutes")
  private List<Size> sizes;

  @Option(
      names = "--threads",
      split = ",",
      defaultValue = "1,2",
      paramLabel = "N",
      description = "numbers of threads; bench data takes the largest")
  private List<Integer> threads;

  @Option(
      names = "--steps",
      defaultValue = "5",
      paramLabel = "N",
      description = "measured steps of each model in each of three rounds; the fastest counts")
  private int steps;

  @Option(
      names = "--corpus",
      paramLabel = "FOLDER",
      description = "bench data: corpus of at most some hundred megabytes of text")
  private String corpus;

  @Option(
      names = "--vocab",
      paramLabel = "DIR",
      description = "bench data: folder that the verb vocab wrote")
  private String vocabulary;

  @Option(
      names = "--parts",
      split = ",",
      defaultValue = "WIRE,DRIVER,MEMORY,BARE,SCALING,AGGREGATION",
      paramLabel = "PART",
      description = "bench gang: ${COMPLETION-CANDIDATES}")
  private List<Part> parts;

  @Option(
      names = "--rounds",
      defaultValue = "7",
      paramLabel = "N",
      description =
          "bench gang: how many rounds count in SCALING, in OVERLAP and with --run; results are"
              + " medians, so noisy neighbours call for more")
  private int rounds;

  @Option(
      names = "--run",
      paramLabel = "DIR",
      description =
          "bench gang: local folder that pretrain wrote; measures two executors beside twice one,"
              + " which go on from its model, instead of all parts; needs --shards, and room for"
              + " four executors and three drivers (see plan)")
  private Path trained;

  @Option(
      names = "--shards",
      paramLabel = "DIR",
      description = "bench gang: the shards that the run was trained on")
  private String shards;

  @Override
  List<String> sections() {
    return List.of("seed");
  }

  @Override
  void run(VerbRun run) throws IOException {
    if (steps < 1 || rounds < 1 || threads.stream().anyMatch(n -> n < 1)) {
      throw new UsageException(
          "--steps = %d, --rounds = %d and --threads = %s: each must be at least 1"
              .formatted(steps, rounds, threads));
    }
    switch (subject) {
      case MODEL -> model(run);
      case DATA -> data(run);
      case GANG -> gang(run);
    }
  }

  private void gang(VerbRun run) throws IOException {
    GangBench bench = new GangBench(rounds, SparkSetup.nativeEnvironment(), run::say);
    if ((trained == null) != (shards == null)) {
      throw new UsageException("bench gang takes --run and --shards together, or neither");
    }
    if (trained == null) {
      bench.run(parts, run.results());
      return;
    }
    var unused = SavedRun.configuration(trained.toString(), run); // it must have kept one
    SavedRun.open(trained.toString(), OptionalLong.empty(), run)
        .requireVocabulary(ShardSet.open(shards + "/train", run.hadoop()).manifest().vocabulary());
    bench.scaling(trained, shards, run.results());
  }

  private void data(VerbRun run) throws IOException {
    if (corpus == null || vocabulary == null) {
      throw new UsageException("bench data needs --corpus and --vocab: what is to be measured on");
    }
    byte[] model =
        VocabularyRecord.model(
            vocabulary, VocabularyRecord.open(vocabulary, run.hadoop()).spec(), run.hadoop());
    int most = Collections.max(threads);
    run.atMaster("local[%d]".formatted(most));
    JavaSparkContext spark = run.spark();
    DataMeasured measured =
        new DataBench(spark, most, ROUNDS, run::say)
            .run(
                corpus,
                OutputFolder.of(vocabulary, run.hadoop()).uri(VocabularyRecord.MODEL),
                model);
    ObjectNode results = run.results();
    results.put("threads", most);
    results.put("tokenizerMegabytesPerSecond", measured.tokenizerMegabytesPerSecond());
    results.put("encoderMegabytesPerSecond", measured.encoderMegabytesPerSecond());
    results.put("encoderVersusTokenizer", measured.encoderVersusTokenizer());
    results.put("prepareVersusEncoder", measured.prepareVersusEncoder());
    results.put("prepareMegabytesPerSecond", measured.prepareMegabytesPerSecond());
    results.put("prepareVersusTokenizer", measured.prepareVersusTokenizer());
    measured
        .tokenizerVersusSpmEncode()
        .ifPresent(ratio -> results.put("tokenizerVersusSpmEncode", ratio));
    results.put("streamTokensPerSecond", measured.streamTokensPerSecond());
    results.put("trainingTokensPerSecond", measured.trainingTokensPerSecond());
    results.put("streamVersusTraining", measured.streamVersusTraining());
    results.put("bytesPerToken", measured.bytesPerToken());
    run.say(
        String.format(
            Locale.ROOT,
            "prepare %.2f of SentencePiece alone, %.2f of our encoder alone; stream %,.0f tokens/s, %.0f times nano training; %.2f bytes a token",
            measured.prepareVersusTokenizer(),
            measured.prepareVersusEncoder(),
            measured.streamTokensPerSecond(),
            measured.streamVersusTraining(),
            measured.bytesPerToken()));
  }

  private void model(VerbRun run) throws IOException {
    ModelBench bench = new ModelBench(steps, run::say);
    for (Size size : sizes) {
      for (int n : threads) {
        Group group = bench.run(size, n);
        String name = n == 1 ? group.name() : "%s-%d-threads".formatted(group.name(), n);
        write(run.results().putObject(name), group);
      }
    }
  }

  private static void write(ObjectNode node, Group group) {
    node.put("threads", group.threads()).put("gemmGflops", group.gemmGflops());
    write(node.putObject("dense"), group.dense());
    write(node.putObject("switch"), group.sparse()).put("stepVersusDense", group.stepVersusDense());
  }

  private static ObjectNode write(ObjectNode node, Measured measured) {
    node.put("secondsPerStep", measured.secondsPerStep())
        .put("tokensPerSecond", measured.tokensPerSecond())
        .put("gflops", measured.gflops())
        .put("shareOfGemm", measured.shareOfGemm())
        .put("peakMebibytes", measured.peakMebibytes());
    ObjectNode phases = node.putObject("phases");
    measured.phases().forEach(phases::put);
    return node;
  }
}
