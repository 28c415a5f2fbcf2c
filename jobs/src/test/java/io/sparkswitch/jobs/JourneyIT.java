package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.data.shard.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;

/** From a generated corpus to a report. What moves tokens between executors has two of its own. */
@ExtendWith(TinyJourney.Extension.class)
class JourneyIT {
  private static final String[] FEWER = {"--set", "training.steps=20"};
  private static final List<String> RUNS = List.of("dense", "switch", "student", "init-only");

  private static final String EXAMPLE =
      "{\"inputs\": \"who is there\", \"targets\": \"an old king\"}\n";

  private static TinyJourney journey;
  private static JsonNode switchAlone;

  @BeforeAll
  static void walk(TinyJourney shared) throws Exception {
    journey = shared;
    journey.trainedSwitch();
    journey.inProcess(dense());
    journey.launch(2, relative(teach()));
    journey.launch(2, relative(student()));
    journey.inProcess(initOnly());
    for (String run : RUNS) {
      assertThat(json(run + "/status.json").path("state").asText()).as(run).isEqualTo("done");
      journey.inProcess(evaluate(run));
    }
    switchAlone = json("switch/evaluation.json");
    Files.writeString(journey.at("task.jsonl"), EXAMPLE.repeat(20));
    journey.inProcess(finetune());
    journey.inProcess(
        List.of(
            "evaluate",
            "--run",
            journey.path("task"),
            "--examples",
            journey.path("task.jsonl"),
            "--vocab",
            journey.path("vocab")));
    journey.inProcess(journey.generate("Once there was a <extra_id_0> who lived in <extra_id_1>."));
    journey.inProcess(
        List.of("report", "--out", journey.path("."), "--json", journey.path("report.json")));
  }

  /** Paths as a person types them; executors work in folders of their own. */
  private static List<String> relative(List<String> arguments) {
    Path here = Path.of("").toAbsolutePath();
    return arguments.stream()
        .map(word -> word.startsWith("/") ? here.relativize(Path.of(word)).toString() : word)
        .toList();
  }

  @Test
  void everyVerbLeavesItsArtefacts() throws IOException {
    assertThat(files("corpus/en")).contains("c4-train.00000-of-00002.json.gz");
    assertThat(files("vocab")).contains("spiece.model", "vocabulary.json");
    assertThat(files("shards/train/_manifests")).contains("000001.json");
    assertThat(files("shards/validation/_manifests")).contains("000001.json");
    assertThat(files("targets")).contains("manifest.json").anyMatch(n -> n.endsWith(".parquet"));
    for (String run : RUNS) {
      assertThat(files(run))
          .as(run)
          .contains("config.conf", "provenance.json", "status.json", "metrics.jsonl")
          .contains("evaluation.json", "checkpoints");
    }
    assertThat(files("student")).contains("initialisation.json");
    assertThat(json("switch/samples.json").path(0).path("output").asText()).contains("[");
  }

  @Test
  void everyMethodFillsAllSentencesInOneBatch() throws IOException {
    for (String method : List.of("greedy", "beam", "sample")) {
      journey.inProcess(
          TinyJourney.with(
              journey.generate("Once there was a <extra_id_0>."),
              "In <extra_id_1> lived <extra_id_0>.",
              "--method",
              method,
              "--json",
              journey.path("generate.json")));
      JsonNode results = json("generate.json");
      assertThat(results.path("method").asText()).isEqualTo(method);
      assertThat(results.path("tokens").asInt(-1)).isBetween(0, 16);
      assertThat(results.path("tokensPerSecond").isNumber()).isTrue();
      assertThat(results.path("samples")).hasSize(2).isEqualTo(json("switch/samples.json"));
      for (JsonNode sample : results.path("samples")) {
        assertThat(sample.path("output").asText()).contains("[").doesNotContain("<extra_id_0>");
        assertThat(sample.has("input") && sample.has("spans")).isTrue();
      }
    }
  }

  @Test
  void figuresAreFiniteNegativeAndBelongToTheWholeSplit() throws IOException {
    long sequences =
        json("shards/validation/_manifests/000001.json").at("/totals/segments").asLong(-1);
    for (String run : RUNS) {
      JsonNode figures = json(run + "/evaluation.json");
      assertThat(figures.path("negLogPerplexity").doubleValue()).as(run).isBetween(-10.0, -1.0);
      assertThat(figures.path("natsPerByte").doubleValue()).as(run).isBetween(0.1, 10.0);
      assertThat(-figures.path("crossEntropySum").doubleValue())
          .as(run)
          .isCloseTo(
              figures.path("negLogPerplexity").doubleValue()
                  * figures.path("targetTokens").doubleValue(),
              within(1e-6 * figures.path("crossEntropySum").doubleValue()));
      assertThat(figures.path("sequences").asLong()).as(run).isPositive();
      if (sequences >= 0) {
        assertThat(figures.path("sequences").asLong()).as(run).isEqualTo(sequences);
      }
      assertThat(figures.has("withTrainingCapacity")).as(run).isEqualTo(run.equals("switch"));
    }
  }

  @Test
  void natsPerByteAreOfTheBytesThatTheMaskedTokensStandFor() throws IOException {
    JsonNode figures = json("dense/evaluation.json");
    JsonNode text = json("shards/validation/_manifests/000001.json").path("totals");
    double bytesPerToken = text.path("textBytes").doubleValue() / text.path("tokens").doubleValue();
    int masked = 5; // of the 34 tokens behind 32 inputs, in 2 spans: 8 targets
    double bytes = figures.path("sequences").doubleValue() * masked * bytesPerToken;

    assertThat(figures.path("targetTokens").asLong())
        .isEqualTo(8 * figures.path("sequences").asLong());
    assertThat(figures.path("natsPerByte").doubleValue())
        .isCloseTo(figures.path("crossEntropySum").doubleValue() / bytes, within(1e-9));
  }

  @Test
  void verbsThatAddToARunsFolderHaveAStatusOfTheirOwn() throws IOException {
    assertThat(json("switch/status.json").path("verb").asText()).isEqualTo("pretrain");
    for (String verb : List.of("evaluate", "generate")) {
      JsonNode status = json("switch/" + verb + "-status.json");
      assertThat(status.path("verb").asText()).isEqualTo(verb);
      assertThat(status.path("exitCode").asInt(-1)).isZero();
    }
    assertThat(json("report-status.json").path("state").asText()).isEqualTo("done");
    assertThat(json("report.json").path("summary")).isEqualTo(json("summary.json"));
  }

  @Test
  @Tag("long")
  void evaluationDoesNotDependOnTheNumberOfExecutors() throws Exception {
    journey.launch(2, relative(evaluate("switch")));
    JsonNode two = json("switch/evaluation.json");

    assertThat(two.path("targetTokens")).isEqualTo(switchAlone.path("targetTokens"));
    assertThat(two.path("negLogPerplexity").doubleValue())
        .isCloseTo(switchAlone.path("negLogPerplexity").doubleValue(), within(1e-5));
    assertThat(two.at("/withTrainingCapacity/negLogPerplexity").doubleValue())
        .isCloseTo(
            switchAlone.at("/withTrainingCapacity/negLogPerplexity").doubleValue(), within(1e-4))
        .isNotEqualTo(two.path("negLogPerplexity").doubleValue());
  }

  @Test
  void theReportIsOneWellFormedPageWithAllFourModels() throws Exception {
    Document page =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(journey.at("report.html").toFile());
    assertThat(page.getElementsByTagName("svg").getLength()).isPositive();
    assertThat(page.getElementsByTagName("script").getLength()).isZero();
    JsonNode summary = json("summary.json").path("negLogPerplexity");
    assertThat(summary.path("dense"))
        .isEqualTo(json("dense/evaluation.json").path("negLogPerplexity"));
    assertThat(summary.path("switch"))
        .isEqualTo(json("switch/evaluation.json").path("negLogPerplexity"));
    assertThat(summary.path("student"))
        .isEqualTo(json("student/evaluation.json").path("negLogPerplexity"));
    assertThat(summary.path("initialisationOnly"))
        .isEqualTo(json("init-only/evaluation.json").path("negLogPerplexity"));
  }

  @Test
  void aModelIsFineTunedOnExamplesAndEvaluatedOnThem() throws IOException {
    JsonNode figures = json("task/evaluation.json");

    assertThat(figures.path("sequences").asLong()).isEqualTo(20);
    assertThat(figures.path("targetTokens").asLong()).isPositive();
    assertThat(figures.path("negLogPerplexity").doubleValue()).isBetween(-10.0, 0.0);
    assertThat(figures.has("withTrainingCapacity")).isTrue();
    List<Double> losses = journey.run("task").losses();
    assertThat(losses).hasSize(6);
    assertThat(losses.get(5)).isLessThan(losses.get(0));
  }

  @Test
  void studentsWithAndWithoutSoftTargetsStartAlikeAndPartThen() throws IOException {
    assertThat(journey.run("student").losses().get(0))
        .as("cross-entropy alone is reported")
        .isCloseTo(journey.run("init-only").losses().get(0), within(1e-4));
    assertThat(journey.run("student").losses()).isNotEqualTo(journey.run("init-only").losses());
  }

  @Test
  void everyJobOfSparkSaysWhatItIsFor() throws IOException {
    Set<String> descriptions = new TreeSet<>();
    for (String line : journey.sparkEvents()) {
      JsonNode event = JsonMapper.builder().build().readTree(line);
      if (event.path("Event").asText().equals("SparkListenerJobStart")) {
        JsonNode description = event.path("Properties").path("spark.job.description");
        assertThat(description.isTextual()).as(line).isTrue();
        descriptions.add(description.asText());
      }
    }

    assertThat(descriptions)
        .contains("vocab: counting words")
        .anyMatch(text -> text.matches("prepare: train: cleaning, tokenising and cutting .*"))
        .anyMatch(text -> text.matches("prepare: validation: cleaning, .*"))
        .contains("pretrain: attempt 0 on 2 executor(s)", "teach: attempt 0 on 2 executor(s)")
        .contains("distill: attempt 0 on 2 executor(s)", "evaluate: attempt 0 on 1 executor(s)")
        .contains("finetune: attempt 1 on 1 executor(s)");
  }

  @Test
  void theSameCommandAgainFindsNothingToDoAndChangesNoByte() throws IOException {
    Map<String, String> before = contents();

    journey.inProcess(journey.demoCorpus());
    assertThat(journey.inProcess(journey.vocab())).contains("Nothing new to do");
    journey.inProcess(journey.prepare());
    for (List<String> command :
        List.of(dense(), journey.pretrainSwitch(), teach(), student(), initOnly(), finetune())) {
      assertThat(journey.inProcess(command)).contains("Nothing to do").doesNotContain("starting");
    }

    assertThat(contents()).isEqualTo(before);
  }

  @Test
  void softTargetsOfAnotherTeacherAreRefused() {
    InProcess.Outcome outcome =
        InProcess.run(
            TinyJourney.with(
                distill("stranger"), "--targets", journey.path("targets"), "--teacher-step", "30"));

    assertThat(outcome.code()).as(outcome.text()).isIn(2, 3);
    assertThat(outcome.text()).contains("teacher digest").doesNotContain("starting Spark");
  }

  @ParameterizedTest
  @CsvSource({
    "seed=4, 'seed: was 3, is 4'",
    "training.batch-size=16, 'batch size: was 8, is 16'",
    "data.shuffle-window-row-groups=1, 'data order: was shuffle-window-row-groups = 2, is '",
    "distill.temperature=2, 'another temperature: was 1.0, distill.temperature is 2.0'"
  })
  void softTargetsOfAnotherStreamOrTemperatureAreRefused(String setting, String difference) {
    InProcess.Outcome outcome =
        InProcess.run(
            TinyJourney.with(
                distill("stranger"), "--targets", journey.path("targets"), "--set", setting));

    assertThat(outcome.code()).as(outcome.text()).isEqualTo(3);
    assertThat(outcome.text()).contains(difference).doesNotContain("starting Spark");
  }

  @Test
  void aStudentIsNotContinuedWithoutItsSoftTargets() {
    InProcess.Outcome outcome =
        InProcess.run(TinyJourney.with(distill("student"), "--set", "training.steps=30"));

    assertThat(outcome.code()).as(outcome.text()).isEqualTo(2);
    assertThat(outcome.text()).contains("softTargets").contains("--fresh");
  }

  private static List<String> dense() {
    return journey.pretrain("dense", "dense", FEWER);
  }

  private static List<String> finetune() {
    return List.of(
        "finetune",
        "--from",
        journey.path("switch"),
        "--examples",
        journey.path("task.jsonl"),
        "--vocab",
        journey.path("vocab"),
        "--out",
        journey.path("task"),
        "--set",
        "training={ steps = 6, batch-size = 8, log-every = 1, evaluation-batch-size = 16 }",
        "--set",
        "optimizer={ schedule = constant, peak-learning-rate = 0.02 }",
        "--set",
        "examples={ inputs-length = 16, targets-length = 16 }");
  }

  private static List<String> teach() {
    return TinyJourney.with(journey.teach("targets", "--set", "teach.top-k=16"), FEWER);
  }

  private static List<String> student() {
    return TinyJourney.with(distill("student"), "--targets", journey.path("targets"));
  }

  private static List<String> initOnly() {
    return distill("init-only");
  }

  private static List<String> distill(String out) {
    return journey.distill(out, FEWER);
  }

  private static List<String> evaluate(String run) {
    return List.of("evaluate", "--run", journey.path(run), "--shards", journey.path("shards"));
  }

  private static JsonNode json(String name) throws IOException {
    return JsonMapper.builder().build().readTree(journey.at(name).toFile());
  }

  private static List<String> files(String name) throws IOException {
    try (Stream<Path> files = Files.list(journey.at(name))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /** Digest of every file, except those that tell how the last command ended. */
  private static Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(journey.at("."))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = file.getFileName().toString();
        if (!name.contains("status.json") && !name.endsWith(".log")) {
          contents.put(file.toString(), Digests.of(Files.readAllBytes(file)));
        }
      }
    }
    return contents;
  }
}
