package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Students by the verbs: of stored targets, of a teacher in their gang, and where they go. */
@ExtendWith(TinyJourney.Extension.class)
class StudentIT {
  private static final String[] FEWER = {"--set", "training.steps=20"};

  private static TinyJourney journey;

  @BeforeAll
  static void train(TinyJourney shared) {
    journey = shared;
    journey.anySwitch();
    journey.inProcess(journey.pretrain("dense", "pupil-dense", FEWER));
    journey.inProcess(
        TinyJourney.with(journey.teach("pupil-targets", "--set", "teach.top-k=16"), FEWER));
    journey.inProcess(pupil());
    journey.inProcess(evaluate("pupil"));
    journey.inProcess(journey.distill("unaided", FEWER));
    journey.inProcess(
        TinyJourney.with(journey.distill("asking", FEWER), "--set", "distill.targets=online"));
  }

  @Test
  void aTeacherInTheGangTeachesWhatItsStoredTargetsTeach() throws IOException {
    List<Double> stored = journey.run("pupil").losses();
    List<Double> online = journey.run("asking").losses();
    List<Double> alone = journey.run("unaided").losses();
    assertThat(online).hasSameSizeAs(stored).hasSizeGreaterThan(10);
    double last = online.get(online.size() - 1);
    assertThat(last)
        .as("but for what is kept of a distribution")
        .isCloseTo(stored.get(stored.size() - 1), within(2e-3));
    assertThat(Math.abs(last - alone.get(alone.size() - 1))).isGreaterThan(4e-3);
    assertThat(json("asking/initialisation.json")).isEqualTo(json("pupil/initialisation.json"));
  }

  @Test
  void aTeacherInTheGangAndStoredTargetsAtOnceAreRefused() {
    InProcess.Outcome outcome =
        InProcess.run(TinyJourney.with(pupil(), "--set", "distill.targets=online", "--fresh"));

    assertThat(outcome.code()).as(outcome.text()).isEqualTo(2);
    assertThat(outcome.text()).contains("leave out one of them").doesNotContain("starting Spark");
  }

  @Test
  @Tag("long")
  void aTeacherInAGangOfTwoExecutorsTeachesTheSame() throws Exception {
    journey.launch(
        2,
        TinyJourney.with(journey.distill("asking-two", FEWER), "--set", "distill.targets=online"));

    List<Double> two = journey.run("asking-two").losses();
    List<Double> one = journey.run("asking").losses();
    assertThat(two).hasSameSizeAs(one);
    for (int step = 0; step < one.size(); step++) {
      assertThat(two.get(step)).isCloseTo(one.get(step), within(1e-4));
    }
  }

  @Test
  void aFileOfTheTargetsThatIsGoneIsNamedBeforeSparkStarts() throws IOException {
    TinyJourney.copy(journey.at("pupil-targets"), journey.at("torn-targets"));
    Path gone = TinyJourney.files(journey.at("torn-targets"), "parquet").get(0);
    Files.delete(gone);

    InProcess.Outcome outcome = InProcess.run(pupilOf("torn-targets"));

    assertThat(outcome.code()).as(outcome.text()).isEqualTo(3);
    assertThat(outcome.text())
        .contains(gone.getFileName().toString())
        .contains("is missing; run teach again with --fresh")
        .doesNotContain("starting Spark")
        .doesNotContain("\tat ");
  }

  @Test
  void aFileOfTheTargetsThatWasAlteredIsNamed() throws IOException {
    TinyJourney.copy(journey.at("pupil-targets"), journey.at("altered-targets"));
    Path altered = TinyJourney.files(journey.at("altered-targets"), "parquet").get(0);
    byte[] bytes = Files.readAllBytes(altered);
    bytes[bytes.length / 2] ^= 1;
    Files.write(altered, bytes);

    InProcess.Outcome outcome = InProcess.run(pupilOf("altered-targets"));

    assertThat(outcome.code()).as(outcome.text()).isEqualTo(3);
    assertThat(outcome.text())
        .contains(altered.getFileName().toString())
        .contains("was altered", "run teach again with --fresh")
        .doesNotContain("\tat ");
  }

  private static List<String> pupilOf(String targets) {
    return TinyJourney.with(journey.distill("refused", FEWER), "--targets", journey.path(targets));
  }

  @Test
  void shardsOfAnotherVocabularyAreRefused() {
    List<String> text = List.of("--corpus", journey.path("corpus"), "--set", "vocab.pieces=280");
    journey.inProcess(with(List.of("vocab", "--out", journey.path("vocab-280")), text));
    journey.inProcess(
        with(
            with(journey.prepare(), List.of("--out", journey.path("shards-280"))),
            List.of("--vocab", journey.path("vocab-280"))));
    for (List<String> verb :
        List.of(journey.teach("refused", FEWER), journey.distill("refused", FEWER))) {
      InProcess.Outcome outcome =
          InProcess.run(with(verb, List.of("--shards", journey.path("shards-280"))));

      assertThat(outcome.code()).as(outcome.text()).isEqualTo(2);
      assertThat(outcome.text())
          .contains("was trained with the vocabulary")
          .contains("use the shards and the vocabulary it was trained with");
    }
  }

  /** A verb with other options. */
  private static List<String> with(List<String> verb, List<String> more) {
    List<String> all = new ArrayList<>(verb);
    for (int i = 0; i < more.size(); i += 2) {
      int there = all.indexOf(more.get(i));
      if (there >= 0 && !more.get(i).equals("--set")) {
        all.set(there + 1, more.get(i + 1));
      } else {
        all.addAll(more.subList(i, i + 2));
      }
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.d-model=16",
        "model={ feed-forward = gated-gelu, tied-output = false, num-decoder-layers = 1 }"
      })
  void aStudentOfAnotherShapeStartsFromItsSeed(String shape) throws IOException {
    journey.inProcess(
        TinyJourney.with(
            journey.distill("small", "--fresh", "--set", "training.steps=3", "--set", shape),
            "--set",
            "distill={ initialisation = none, targets = online }"));

    assertThat(journey.run("small").losses()).hasSize(3).allMatch(loss -> loss > 0 && loss < 20);
    assertThat(journey.at("small/initialisation.json")).doesNotExist();
  }

  @Test
  void aStudentThatStartsAnewFromItsSeedKeepsNoMapOfTheWeightsBefore() {
    List<String> brief = journey.distill("anew", "--set", "training.steps=2");
    InProcess.Outcome heir = InProcess.run(brief);
    assertThat(heir.code()).as(heir.text()).isZero();
    assertThat(heir.text()).contains("No soft targets: the student learns from the labels alone");
    assertThat(journey.at("anew/initialisation.json")).exists();

    InProcess.Outcome anew =
        InProcess.run(TinyJourney.with(brief, "--fresh", "--set", "distill.initialisation=none"));

    assertThat(anew.code()).as(anew.text()).isZero();
    assertThat(journey.at("anew/initialisation.json")).doesNotExist();
  }

  @Test
  void aDenseTeacherGivesAllItsWeights() throws IOException {
    journey.inProcess(
        List.of(
            "distill",
            "--teacher",
            journey.path("pupil-dense"),
            "--shards",
            journey.path("shards"),
            "--out",
            journey.path("heir"),
            "--config",
            journey.path("dense.conf"),
            "--set",
            "training.steps=2",
            "--set",
            "seed=9",
            "--set",
            "distill.targets=online"));

    assertThat(json("heir/initialisation.json").path("fresh")).isEmpty();
    assertThat(json("heir/initialisation.json").path("copied")).hasSizeGreaterThan(40);
    List<Double> dense = journey.run("pupil-dense").losses();
    assertThat(journey.run("heir").losses().get(0))
        .as("what the dense model ended with, on other batches")
        .isCloseTo(dense.get(dense.size() - 1), within(0.3))
        .isLessThan(dense.get(0) - 0.5);
  }

  @Test
  void theMapOfAStudentsFirstWeightsIsKept() throws IOException {
    JsonNode map = json("pupil/initialisation.json");
    assertThat(map.path("copied"))
        .anySatisfy(
            line ->
                assertThat(line.asText())
                    .isEqualTo(
                        "encoder.block.0.layer.1.DenseReluDense.wi.weight <-"
                            + " encoder.block.0.layer.1.mlp.wi.weight"));
    assertThat(map.path("fresh"))
        .anySatisfy(
            line ->
                assertThat(line.asText())
                    .isEqualTo("encoder.block.1.layer.1.DenseReluDense.wi.weight"));
  }

  @Test
  void aStudentLeavesAsAHuggingFaceT5AndComesBackAsItWas() throws IOException {
    journey.inProcess(
        List.of(
            "export",
            "--run",
            journey.path("pupil"),
            "--vocab",
            journey.path("vocab"),
            "--to",
            journey.path("pupil-hf")));
    assertThat(json("pupil-hf/config.json").path("model_type").asText()).isEqualTo("t5");
    journey.inProcess(
        List.of(
            "import",
            "--from",
            journey.path("pupil-hf"),
            "--out",
            journey.path("pupil-back"),
            "--config",
            journey.path("dense.conf")));
    journey.inProcess(evaluate("pupil-back"));

    assertThat(json("pupil-back/evaluation.json").path("negLogPerplexity"))
        .isEqualTo(json("pupil/evaluation.json").path("negLogPerplexity"));
    assertThat(filled("pupil-back")).isEqualTo(filled("pupil"));
  }

  /** What a model makes of a sentence. */
  private static JsonNode filled(String run) throws IOException {
    journey.inProcess(
        List.of(
            "generate",
            "--run",
            journey.path(run),
            "--vocab",
            journey.path("vocab"),
            "--max-tokens",
            "8",
            "--json",
            journey.path("filled.json"),
            "Once there was a <extra_id_0>."));
    JsonNode samples = json("filled.json").path("samples");
    assertThat(samples).hasSize(1);
    return samples;
  }

  private static List<String> pupil() {
    return TinyJourney.with(
        journey.distill("pupil", FEWER), "--targets", journey.path("pupil-targets"));
  }

  private static List<String> evaluate(String run) {
    return List.of("evaluate", "--run", journey.path(run), "--shards", journey.path("shards"));
  }

  private static JsonNode json(String name) throws IOException {
    return JsonMapper.builder().build().readTree(journey.at(name).toFile());
  }
}
