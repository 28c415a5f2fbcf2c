package io.sparkswitch.jobs.study.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkswitch.jobs.conf.StudyLoader;
import io.sparkswitch.jobs.conf.StudySettings;
import io.sparkswitch.jobs.report.Numbers;
import io.sparkswitch.jobs.study.result.RunFigures.Evaluated;
import io.sparkswitch.jobs.study.result.RunFigures.Training;
import io.sparkswitch.jobs.study.result.StudyRun.TargetsCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables, charts and pages of made-up runs. */
class OutcomeTest {
  private static final String STUDY =
      """
      title = "t & t", question = "q", seeds = [1, 2, 3], compared-with = switch
      base.preset = nano
      rows = [dense, switch, student, lone]
      variant {
        dense { role = dense, label = "dense" }
        switch { role = switch, label = "Switch, 8 experts", settings.model.num-experts = 8 }
        student { role = student, label = "student", teacher = switch }
        lone { role = control, label = "control", teacher = dense, seeds = [2] }
        later { role = student, label = "later" }
      }
      left-out.later = "not yet"
      scales.demo {}
      """;

  @TempDir private Path folder;

  private final Map<String, Map<Long, StudyRun>> finished = new LinkedHashMap<>();
  private StudySettings study;

  @BeforeEach
  void threePairs() throws IOException {
    study = study(STUDY);
    // Dense ends its curve at 2.2, which Switch has halfway between steps 50 and 100.
    put("dense", new double[] {-2.0, -2.1, -2.2}, 2.4, 2.2);
    put("switch", new double[] {-1.5, -1.7, -1.6}, 2.3, 2.1);
    put("student", new double[] {-1.8, -2.0, -1.9}, 2.2, 2.0);
  }

  @Test
  void sharesDifferencesAndSpeedUpsAreOfPairs() {
    JsonNode student = row("student");

    assertThat(student.path("pairs").intValue()).isEqualTo(3);
    assertThat(student.path("negLogPerplexity").doubleValue()).isCloseTo(-1.9, within(1e-12));
    assertThat(student.path("standardDeviation").doubleValue()).isCloseTo(0.1, within(1e-12));
    assertThat(student.path("differenceToDense").doubleValue()).isCloseTo(0.2, within(1e-12));
    assertThat(student.path("differenceToCompared").doubleValue()).isCloseTo(-0.3, within(1e-12));
    assertThat(student.path("comparedError").doubleValue()).isCloseTo(0, within(1e-12));
    assertThat(row("switch").path("differenceToCompared").isNull()).as("itself").isTrue();
    assertThat(student.path("shareOfGain").doubleValue()).isCloseTo(0.4, within(1e-12));
    assertThat(student.path("shareFrom").doubleValue()).isBetween(0.1, 0.4);
    assertThat(student.path("shareTo").doubleValue()).isBetween(0.4, 0.6);
    assertThat(student.path("targetBytes").doubleValue()).isEqualTo(1000);
    assertThat(student.path("stepSpeedUp").isNull()).as("its teacher's steps count too").isTrue();
    assertThat(row("switch").path("stepSpeedUp").doubleValue())
        .isCloseTo(100.0 / 75, within(1e-12));
    assertThat(row("switch").path("timeSpeedUp").doubleValue())
        .isCloseTo(100.0 / 75, within(1e-12));
    assertThat(row("switch").path("stepSpeedUpError").doubleValue())
        .as("all pairs have one curve")
        .isCloseTo(0, within(1e-12));
    assertThat(row("switch").path("shareOfGain").isNull()).isTrue();
    assertThat(row("switch").path("contextGain").doubleValue()).isCloseTo(0.25, within(1e-12));
    assertThat(row("switch").path("trainingFlops").doubleValue()).isEqualTo(3 * 7e5 * 900);
    assertThat(row("dense").path("differenceToDense").isNull()).isTrue();
  }

  @Test
  void csvJsonSvgAndPageSayTheSame() throws IOException {
    StudyOutcome outcome = outcome();
    JsonNode json = OutcomeJson.of(outcome);
    List<String> lines = OutcomeCsv.ofRows(outcome).lines().toList();
    List<String> heading = cells(lines.get(0));
    String page = new OutcomePage(outcome).render();
    String svg =
        new OutcomeCharts(outcome).byStep().orElseThrow().standalone(OutcomePage.chartStyleSheet());
    int compared = 0;
    for (int i = 0; i < outcome.rows().size(); i++) {
      JsonNode row = json.path("rows").get(i);
      List<String> cells = cells(lines.get(i + 1));
      assertThat(cells).hasSameSizeAs(heading);
      assertThat(cells.get(0)).isEqualTo(row.path("variant").asText());
      for (Column column : Column.values()) {
        String cell = cells.get(heading.indexOf(column.key()));
        JsonNode figure = row.path(column.key());
        if (figure.isNull()) {
          assertThat(cell).isEmpty();
        } else {
          assertThat(Double.parseDouble(cell)).isEqualTo(figure.doubleValue());
          assertThat(page)
              .contains("<td>" + column.shown(OptionalDouble.of(figure.doubleValue())) + "</td>");
          compared++;
        }
      }
      JsonNode curve = row.path("curve");
      if (!curve.isEmpty()) {
        double last = curve.get(curve.size() - 1).path("validationLoss").doubleValue();
        assertThat(svg)
            .contains("<title>%s: %.4f at step 100".formatted(row.path("label").asText(), last))
            .contains("start\">%s: %.4f at step 100".formatted(row.path("label").asText(), last));
      }
    }
    assertThat(json.path("comparedWith").asText()).isEqualTo("switch");
    assertThat(cells(lines.get(1)).get(heading.indexOf("comparedWith"))).isEqualTo("switch");
    assertThat(compared).isGreaterThan(35);
    assertThat(cells(lines.get(1)).get(heading.size() - 1))
        .isEqualTo(json.path("smallestDetectableDifference").asText());
    assertThat(page)
        .contains(Numbers.finerNats(outcome.detectable()))
        .contains("t &amp; t")
        .contains("later is left out: not yet.")
        .contains("The compared row is “Switch, 8 experts”.")
        .contains("1 of 10 runs are not finished");
    assertThat(svg).startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\"").endsWith("</svg>\n");
    assertThat(svg)
        .as("colours that every viewer knows")
        .contains("#2f6db5")
        .doesNotContain("var(");
    assertThat(OutcomeCsv.ofRuns(outcome).lines()).hasSize(10);
  }

  @Test
  void aShareOfAGainInTheNoiseIsNotShownAndNull() throws IOException {
    put("switch", new double[] {-1.5, -2.7, -2.0}, 2.3, 2.1);

    assertThat(row("student").path("shareOfGain").isNull()).isTrue();
    assertThat(row("student").path("shareFrom").isNull()).isTrue();
    assertThat(new OutcomePage(outcome()).render()).contains("<td>not shown</td>");
  }

  @Test
  void aPairWithAMissingRunCountsForNobody() {
    finished.get("dense").remove(2L);

    assertThat(row("student").path("pairs").intValue()).isEqualTo(2);
    assertThat(row("student").path("differenceToDense").doubleValue())
        .isCloseTo(0.25, within(1e-12));
    assertThat(row("student").path("negLogPerplexity").doubleValue())
        .as("a mean of its own needs no pair")
        .isCloseTo(-1.9, within(1e-12));
  }

  @Test
  void theSameTwoRunsAreOnePairHoweverManySeedsThereAre() throws IOException {
    study =
        study(
            STUDY
                .replace("label = \"dense\"", "label = \"dense\", seeds = [1]")
                .replace("label = \"student\"", "label = \"student\", seeds = [1]"));

    assertThat(row("student").path("pairs").intValue()).isEqualTo(1);
    assertThat(row("student").path("differenceToDense").doubleValue())
        .isCloseTo(0.2, within(1e-12));
    assertThat(row("student").path("differenceError").isNull()).as("of one pair").isTrue();
    assertThat(row("switch").path("pairs").intValue()).as("of three runs and one").isEqualTo(3);
  }

  @Test
  void withoutAnyRunThereIsAPageAllTheSame() throws IOException {
    finished.clear();

    assertThat(row("dense").path("negLogPerplexity").isNull()).isTrue();
    assertThat(new OutcomePage(outcome()).render()).contains("Fewer than two pairs are finished");
    assertThat(new OutcomeCharts(outcome()).byTime()).isEmpty();
  }

  private StudySettings study(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("own.conf"), text);
    return StudyLoader.load(file.toString(), "demo", Optional.empty(), List.of());
  }

  private JsonNode row(String variant) {
    for (JsonNode row : OutcomeJson.of(outcome()).path("rows")) {
      if (row.path("variant").asText().equals(variant)) {
        return row;
      }
    }
    throw new AssertionError("no row " + variant);
  }

  private StudyOutcome outcome() {
    Comparison comparison = new Comparison(study, finished);
    return new StudyOutcome(
        study,
        comparison.rows(),
        comparison.detectable(),
        new Yardsticks(4.5, 3.5),
        new StudyOutcome.State(10, 9, Map.of("version", "1")));
  }

  /** A run a seed, all of the same curve. */
  private void put(String variant, double[] quality, double halfway, double end) {
    boolean student = variant.equals("student");
    Map<Long, StudyRun> runs = new LinkedHashMap<>();
    for (long seed = 1; seed <= quality.length; seed++) {
      double figure = quality[(int) seed - 1];
      RunFigures figures =
          new RunFigures(
              100,
              new Evaluated(figure, OptionalDouble.of(figure - 0.25), 1e6, 7e5),
              new Training(
                  900,
                  50,
                  variant.equals("switch") ? OptionalDouble.of(0.01) : OptionalDouble.empty()),
              List.of(new CurvePoint(50, 25, halfway), new CurvePoint(100, 50, end)));
      Optional<TargetsCost> cost =
          student ? Optional.of(new TargetsCost(20, 1000)) : Optional.empty();
      runs.put(seed, new StudyRun(seed, variant + "-seed-" + seed, figures, cost, 0));
    }
    finished.put(variant, runs);
  }

  /** Of a line whose only quoted cells hold commas. */
  private static List<String> cells(String line) {
    return Arrays.stream(line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)).toList();
  }
}
