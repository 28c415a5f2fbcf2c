package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A trained model that went out and came back is used as the one it was. */
@ExtendWith(TinyJourney.Extension.class)
@Tag("long")
class HuggingFaceIT {
  private static TinyJourney journey;

  @BeforeAll
  static void outAndIn(TinyJourney shared) {
    journey = shared;
    journey.inProcess(pretrain("hf-trained", "10"));
    journey.inProcess(
        List.of(
            "export",
            "--run",
            journey.path("hf-trained"),
            "--vocab",
            journey.path("vocab"),
            "--to",
            journey.path("hf"),
            "--max-shard-bytes",
            "50000"));
    journey.inProcess(importing("hf-imported"));
  }

  private static List<String> importing(String out) {
    return List.of(
        "import",
        "--from",
        journey.path("hf"),
        "--out",
        journey.path(out),
        "--config",
        journey.path("switch.conf"),
        "--set",
        "routing.losses=paper",
        "--set",
        "routing.padding=ignored",
        "--set",
        "routing.capacity=ceil");
  }

  private static List<String> pretrain(String out, String steps, String... more) {
    return TinyJourney.with(
        journey.pretrain("switch", out, "--set", "training.steps=" + steps), more);
  }

  @Test
  void itsPerplexityIsThatOfTheRun() throws Exception {
    assertThat(evaluate("hf-imported")).isEqualTo(evaluate("hf-trained"));
  }

  @Test
  void trainingGoesOnFromItsParameters() throws Exception {
    journey.inProcess(importing("hf-continued"));
    String text = journey.inProcess(pretrain("hf-continued", "3"));

    assertThat(text).contains("Continuing from").contains("step-00000000");
    assertThat(journey.run("hf-continued").losses().get(0))
        .isLessThan(journey.run("hf-trained").losses().get(0));
  }

  @Test
  void anotherModelDoesNotGoOnFromIt() throws Exception {
    journey.inProcess(importing("hf-other"));
    InProcess.Outcome outcome =
        InProcess.run(pretrain("hf-other", "3", "--set", "model.num-experts=2"));

    assertThat(outcome.code()).as(outcome.text()).isEqualTo(2);
    assertThat(outcome.text()).contains("was made with parametersHash");
  }

  @Test
  void itTeachesAStudentByItsSoftTargets() {
    journey.inProcess(withTeacher("teach", "hf-targets"));
    String text =
        journey.inProcess(
            TinyJourney.with(
                withTeacher("distill", "hf-student"), "--targets", journey.path("hf-targets")));

    assertThat(text).doesNotContain("No soft targets");
    assertThat(journey.at("hf-student/checkpoints/step-00000002")).exists();
  }

  private static List<String> withTeacher(String verb, String out) {
    return List.of(
        verb,
        "--teacher",
        journey.path("hf-imported"),
        "--shards",
        journey.path("shards"),
        "--out",
        journey.path(out),
        "--config",
        journey.path("dense.conf"),
        "--set",
        "training.steps=2",
        "--set",
        "teach.top-k=16");
  }

  private static double evaluate(String run) throws IOException {
    journey.inProcess(
        List.of("evaluate", "--run", journey.path(run), "--shards", journey.path("shards")));
    JsonNode evaluation =
        JsonMapper.builder().build().readTree(journey.at(run + "/evaluation.json").toFile());
    return evaluation.path("negLogPerplexity").asDouble();
  }
}
