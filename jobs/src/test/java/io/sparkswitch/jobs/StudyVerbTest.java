package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.jobs.report.Numbers;
import io.sparkswitch.jobs.study.result.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationStart;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tiny study from text to its page, in this process. */
@Tag("long")
class StudyVerbTest {
  private static final String STUDY =
      """
      title = "A tiny study"
      question = "Does everything happen?"
      base {
        model {
          d-model = 16, d-ff = 32, num-heads = 2, d-kv = 8
          num-encoder-layers = 2, num-decoder-layers = 2
          dropout-rate = 0, initialisation-scale = 1.0
        }
        routing.group-sequences = 4
        data { inputs-length = 32, row-group-segments = 64, shuffle-window-row-groups = 2 }
        training {
          steps = 8, batch-size = 8, log-every = 2, checkpoint-every = 4
          evaluate-every = 2, evaluation-batch-size = 16, evaluation-sequences = 32
        }
        optimizer { schedule = constant, peak-learning-rate = 0.02 }
        vocab.pieces = 80
      }
      variant {
        dense { role = dense, label = "dense" }
        switch { role = switch, label = "Switch", settings.model.num-experts = 2 }
        student { role = student, label = "student, mixed", teacher = switch, settings.teach.top-k = 8 }
        anew {
          role = control, label = "from its seed", teacher = switch, seeds = [1]
          settings.distill { initialisation = none, soft-fraction = 0 }
        }
        online {
          role = student, label = "online", teacher = switch, seeds = [1]
          settings.distill.targets = online
        }
        later { role = student, label = "later" }
      }
      rows = [dense, switch, student, anew, online]
      left-out.later = "there is no such thing yet"
      scales { half { seeds = [1] }, whole { seeds = [1, 2] } }
      """;

  @TempDir private static Path folder;

  private static final Map<String, FileTime> AFTER_HALF = new HashMap<>();
  private static final AtomicInteger STARTS = new AtomicInteger();
  private static int startsOfHalf;
  private static String first;
  private static String second;
  private static JsonNode json;

  /** Counts how often Spark starts. */
  public static final class Starts extends SparkListener {
    @Override
    public void onApplicationStart(SparkListenerApplicationStart event) {
      STARTS.incrementAndGet();
    }
  }

  @BeforeAll
  static void aStudyStopsHalfwayAndGoesOn() throws IOException {
    Files.writeString(folder.resolve("tiny.conf"), STUDY);
    TinyCorpus.write(folder.resolve("corpus"));
    STARTS.set(0);
    first = study("half");
    startsOfHalf = STARTS.get();
    for (Path file : evaluations()) {
      AFTER_HALF.put(file.toString(), Files.getLastModifiedTime(file));
    }
    second = study("whole");
    json = read("tiny-whole/study.json");
  }

  @AfterAll
  static void forget() {
    AFTER_HALF.clear();
  }

  @Test
  void allTrainingsShareOneSparkApplication() {
    assertThat(first).contains("5 of 5 runs are done.");
    assertThat(startsOfHalf).isEqualTo(1);
  }

  @Test
  void whatWasFinishedIsNotRunAgain() throws IOException {
    assertThat(AFTER_HALF).hasSize(5);
    for (Map.Entry<String, FileTime> before : AFTER_HALF.entrySet()) {
      assertThat(Files.getLastModifiedTime(Path.of(before.getKey()))).isEqualTo(before.getValue());
    }
    assertThat(evaluations()).hasSize(8);
    assertThat(first).contains("5 of 5 runs are done.");
    assertThat(second).contains("5 of 8 runs are there.").contains("8 of 8 runs are done.");
  }

  @Test
  void nothingIsLeftToDoTheThirdTimeHoweverTheCorpusIsTyped() throws IOException {
    String before = text("tiny-whole/study.csv");
    Path here = Path.of("").toRealPath();

    assertThat(study("whole", here.relativize(folder.resolve("corpus").toRealPath())))
        .contains("8 of 8 runs are there.")
        .doesNotContain("Run ");
    assertThat(text("tiny-whole/study.csv")).isEqualTo(before);
  }

  @Test
  void thePageAndTheChartsAreThere() throws IOException {
    String page = text("tiny-whole/study.html");

    for (JsonNode row : json.path("rows")) {
      OptionalDouble figure = OptionalDouble.of(row.path("negLogPerplexity").doubleValue());
      assertThat(page).contains("<td>" + Column.NEG_LOG_PERPLEXITY.shown(figure) + "</td>");
      assertThat(row.path("curve")).hasSize(4);
    }
    assertThat(page).contains("later is left out: there is no such thing yet.");
    assertThat(text("tiny-whole/loss-by-step.svg")).startsWith("<svg xmlns=");
    assertThat(text("tiny-whole/loss-by-time.svg")).startsWith("<svg xmlns=");
    assertThat(text("tiny-whole/runs.csv").lines()).hasSize(9);
  }

  @Test
  void figuresAreThoseOfTheRuns() {
    JsonNode dense = row("dense");
    List<Double> runs = new ArrayList<>();
    dense.path("runs").forEach(run -> runs.add(run.path("negLogPerplexity").doubleValue()));

    assertThat(runs).hasSize(2).doesNotHaveDuplicates();
    assertThat(dense.path("negLogPerplexity").doubleValue())
        .isCloseTo((runs.get(0) + runs.get(1)) / 2, within(1e-12));
    assertThat(row("switch").path("fractionTokensLeftBehind").isNumber()).isTrue();
    assertThat(row("switch").path("flopsPerToken").doubleValue())
        .as("as many FLOPs as dense, and the router's")
        .isBetween(
            dense.path("flopsPerToken").doubleValue(),
            dense.path("flopsPerToken").doubleValue() * 1.1);
    assertThat(row("student").path("targetBytes").doubleValue()).isPositive();
    assertThat(row("dense").path("targetBytes").isNull()).isTrue();
    assertThat(row("online").path("targetBytes").isNull()).isTrue();
    assertThat(row("online").path("trainingFlops").doubleValue())
        .as("a step of a student is three forward passes, its teacher's one more")
        .isGreaterThan(1.3 * dense.path("trainingFlops").doubleValue());
    assertThat(json.path("smallestDetectableDifference").doubleValue()).isPositive();
    assertThat(json.path("yardsticks").path("neighbour").doubleValue()).isBetween(-4.4, -2.0);
  }

  @Test
  void aStudentFromItsSeedOnLabelsAloneIsTheDenseModel() {
    assertThat(row("anew").path("runs").get(0).path("negLogPerplexity"))
        .isEqualTo(row("dense").path("runs").get(0).path("negLogPerplexity"));
    assertThat(row("anew").path("pairs").intValue()).isEqualTo(2);
    assertThat(row("student").path("differenceToDense").doubleValue()).isNotZero();
  }

  @Test
  void targetsGoWhenTheirLastStudentIsDone() throws IOException {
    try (Stream<Path> left = Files.list(folder.resolve("out/targets"))) {
      assertThat(left.map(Path::getFileName).map(Path::toString))
          .isNotEmpty()
          .allMatch(name -> name.endsWith(".json") || name.endsWith(".crc"));
    }
  }

  @Test
  void aShareOfAGainThatIsNotShownIsNull() throws IOException {
    JsonNode half = read("tiny-half/study.json");

    for (JsonNode row : half.path("rows")) {
      assertThat(row.path("shareOfGain").isNull()).isTrue();
    }
    assertThat(half.path("smallestDetectableDifference").isNull()).isTrue();
    assertThat(text("tiny-half/study.html"))
        .contains("<td>not shown</td>")
        .contains("Fewer than two pairs are finished")
        .contains(Numbers.MISSING);
  }

  private static JsonNode row(String variant) {
    for (JsonNode row : json.path("rows")) {
      if (row.path("variant").asText().equals(variant)) {
        return row;
      }
    }
    throw new AssertionError("no row " + variant);
  }

  private static String study(String scale) {
    return study(scale, folder.resolve("corpus"));
  }

  private static String study(String scale, Path corpus) {
    InProcess.Outcome outcome =
        InProcess.run(
            List.of(
                "study",
                folder.resolve("tiny.conf").toString(),
                "--out",
                folder.resolve("out").toString(),
                "--corpus",
                corpus.toString(),
                "--scale",
                scale),
            Map.of("spark.extraListeners", Starts.class.getName()));
    assertThat(outcome.code()).as(outcome.text()).isZero();
    return outcome.text();
  }

  private static List<Path> evaluations() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("out/runs"))) {
      return files.filter(file -> file.endsWith("evaluation.json")).toList();
    }
  }

  private static JsonNode read(String name) throws IOException {
    return JsonMapper.builder().build().readTree(text(name));
  }

  private static String text(String name) throws IOException {
    return Files.readString(folder.resolve("out").resolve(name));
  }
}
