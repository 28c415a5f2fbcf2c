package io.sparkswitch.jobs.report;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.sparkswitch.data.source.InputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class RunReportTest {
  private static final Offset<Double> EXACTLY = Offset.offset(1e-9);

  @TempDir private Path folder;

  @Test
  void theSummaryHoldsTheFourFiguresAndTheShareOfGainKept() throws IOException {
    TestRun.copiedTo(folder).report();

    JsonNode summary = summary();
    assertThat(summary.fieldNames())
        .toIterable()
        .containsExactly("negLogPerplexity", "shareOfGainKept", "seconds");
    JsonNode figures = summary.path("negLogPerplexity");
    assertThat(figures.path("dense").doubleValue()).isEqualTo(-4.8);
    assertThat(figures.path("switch").doubleValue()).isEqualTo(-4.7);
    assertThat(figures.path("student").doubleValue()).isEqualTo(-4.74);
    assertThat(figures.path("initialisationOnly").doubleValue()).isEqualTo(-4.77);
    assertThat(summary.path("shareOfGainKept").doubleValue()).isCloseTo(0.6, EXACTLY);
  }

  @Test
  void aGainUnderThreeHundredthsHasNoShare() throws IOException {
    TestRun run = TestRun.copiedTo(folder).withFigure(Role.SWITCH, -4.771);

    assertThat(run.page()).contains("leads dense by 0.029 nats, under the 0.03");
    assertThat(summary().path("shareOfGainKept").isNull()).isTrue();
  }

  @Test
  void aTeacherBehindDenseIsSaidPlainly() throws IOException {
    assertThat(TestRun.copiedTo(folder).withFigure(Role.SWITCH, -4.85).page())
        .contains("Switch lies 0.050 nats behind dense");
    assertThat(summary().path("shareOfGainKept").isNull()).isTrue();
  }

  @Test
  void aStudentBehindDenseKeepsNothing() throws IOException {
    assertThat(TestRun.copiedTo(folder).withFigure(Role.STUDENT, -4.9).page())
        .contains("the student keeps none of it")
        .contains("Without soft targets the student is 0.130 nats better than with them.");
    assertThat(summary().path("shareOfGainKept").doubleValue()).isCloseTo(-1.0, EXACTLY);
  }

  @Test
  void aMissingTrainingIsSaidInWordsAndIsNull() throws IOException {
    TestRun run = TestRun.copiedTo(folder).without("student").without("targets");

    assertThat(run.page())
        .contains(
            "The distilled student is not there (no folder student/): run sparkswitch distill.")
        .contains("The soft targets are not there (no folder targets/): run sparkswitch teach.");
    assertThat(summary().path("negLogPerplexity").path("student").isNull()).isTrue();
    assertThat(summary().path("shareOfGainKept").isNull()).isTrue();
  }

  @Test
  void aWholeFolderMissesNothing() throws IOException {
    assertThat(TestRun.copiedTo(folder).page()).doesNotContain("not there");
  }

  @Test
  void aTrainingWithoutEvaluationOrMetricsIsSaidInWords() throws IOException {
    TestRun run =
        TestRun.copiedTo(folder).without("dense/evaluation.json").without("switch/metrics.jsonl");

    assertThat(run.page())
        .contains("The dense model has not been evaluated")
        .contains("The Switch model (teacher) has reported no interval")
        .contains("No training has reported sparse layers");
  }

  @Test
  void aFailedTrainingIsSaidInWords() throws IOException {
    assertThat(
            TestRun.copiedTo(folder)
                .with("switch/status.json", "{\"state\": \"failed\", \"message\": \"loss is NaN\"}")
                .page())
        .contains("is not finished: switch/status.json says “failed” (loss is NaN)");
  }

  @Test
  void aRefusalOfALaterCommandDoesNotMakeATrainingUnfinished() throws IOException {
    TestRun run =
        TestRun.copiedTo(folder)
            .with("switch/status.json", "{\"state\": \"failed\", \"message\": \"unknown key\"}")
            .with("switch/config.conf", "training.steps = 500")
            .with(
                "switch/checkpoints/step-00000500/manifest-000.json",
                """
                {"formatVersion": 1, "step": 500, "attempt": 0, "shards": [], "provenance": {}}
                """);

    assertThat(run.page()).doesNotContain("is not finished");
    assertThat(run.with("switch/config.conf", "training.steps = 600").page())
        .contains("is not finished: switch/status.json says “failed” (unknown key)");
  }

  @Test
  void thePageSaysWhatTheShardsHold() throws IOException {
    assertThat(TestRun.copiedTo(folder).page())
        .contains("train: ")
        .contains("segments 41,234")
        .contains("validation: ")
        .contains("segments 1,600");
  }

  @Test
  void anEmptyFolderStillHasAReport() throws Exception {
    TestRun empty = new TestRun(folder);

    assertThat(empty.page())
        .contains("No training in this folder has been evaluated")
        .contains("The corpus is not there");
    parse(empty.page());
    assertThat(summary().path("seconds").isNull()).isTrue();
  }

  @Test
  void thatOneSeedProvesNothingIsSaidPlainly() throws IOException {
    assertThat(TestRun.copiedTo(folder).page()).contains("One seed proves nothing.");
  }

  @Test
  void recordedSecondsAreSummedAndGivenSecondsOverrideThem() throws IOException {
    TestRun run = TestRun.copiedTo(folder).with("vocab/status.json", "{\"seconds\": 7}");

    assertThat(run.report().seconds()).hasValue(4 * (100.0 + 5.0) + 7);
    assertThat(run.report(OptionalDouble.of(615.5)).seconds()).hasValue(615.5);
    assertThat(summary().path("seconds").doubleValue()).isEqualTo(615.5);
  }

  @Test
  void whatComesFromFilesIsEscaped() throws Exception {
    String hostile = "<script>alert('x')</script>&\\\"\\u0000";
    TestRun run =
        TestRun.copiedTo(folder)
            .with("dense/provenance.json", "{\"%s\": \"%s\"}".formatted("<b>", hostile))
            .with("dense/samples.json", "[{\"input\":\"%s\",\"spans\":\"<i>\"}]".formatted(hostile))
            .with(
                "switch/metrics.jsonl",
                "{\"step\":1,\"loss\":5,\"layers\":{\"<script>\":{\"expertUsage\":[0.5,0.5]}}}\n")
            .with("vocab/vocabulary.json", "{\"<script>\": 1}");

    assertThat(run.page())
        .doesNotContain("<script")
        .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;\uFFFD");
    parse(run.page());
  }

  @Test
  void thePageFetchesNothingAndRunsNothing() throws IOException {
    assertThat(TestRun.copiedTo(folder).page())
        .doesNotContainIgnoringCase("http")
        .doesNotContainIgnoringCase("<script")
        .doesNotContainIgnoringCase("<link")
        .doesNotContainIgnoringCase("@import")
        .doesNotContain("url(", "src=", "href=");
  }

  @Test
  void thePageIsWellFormedAndDrawsEveryTraining() throws Exception {
    Document page = parse(TestRun.copiedTo(folder).page());

    assertThat(elements(page, "path", "class", "training dense")).isEqualTo(3); // legend, two sizes
    for (Role role : Role.values()) {
      assertThat(elements(page, "path", "class", "validation " + role.folder())).isEqualTo(3);
    }
    assertThat(elements(page, "path", "class", "layer decoder c0")).isEqualTo(3);
    assertThat(page.getElementsByTagName("rect").getLength()).isEqualTo(8); // 2 layers, 4 experts
    assertThat(page.getDocumentElement().getTextContent())
        .contains(
            "loss, nats per target token", "2.00", "1 of 4", "expert 0: 50\u00a0% of the tokens");
  }

  @Test
  void filledSpansStandInTheirSentence() throws IOException {
    assertThat(TestRun.copiedTo(folder).page())
        .contains(
            "Switch (teacher): </span>Mara lived in <mark>Tolmeth</mark> and sold <mark>glass</mark>.",
            "student: </span>Mara lived in <mark>Tolmeth</mark> and sold <mark>[nothing]</mark>.")
        .containsPattern("</mark>\\.</p>\\s*<p><span class=\"note\">student: ");
  }

  @Test
  void aProvenanceAllTrainingsShareIsSaidOnce() throws IOException {
    String page = TestRun.copiedTo(folder).page();

    assertThat(page)
        .containsOnlyOnce("a3a3a3a3a3a3</code>")
        .contains("0f0f0f0f0f0f", "3f3f3f3f3f3f");
  }

  @Test
  void aFolderThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> new TestRun(folder.resolve("nowhere")).report())
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("nowhere is not there");
  }

  @Test
  void aFileThatIsNotJsonIsNamed() throws IOException {
    TestRun run = TestRun.copiedTo(folder).with("dense/evaluation.json", "{\"negLog");

    assertThatThrownBy(run::report)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("dense/evaluation.json is not valid JSON");
  }

  @Test
  void aDamagedLineOfMetricsIsRefusedWithItsFile() throws IOException {
    TestRun run = TestRun.copiedTo(folder).with("dense/metrics.jsonl", "{oops\n");

    assertThatThrownBy(run::report)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("dense/metrics.jsonl is damaged")
        .hasMessageContaining("{oops");
  }

  @Test
  void aLossThatIsNoNumberLeavesAGap() throws Exception {
    TestRun run =
        TestRun.copiedTo(folder)
            .with(
                "dense/metrics.jsonl",
                "{\"step\":1,\"loss\":5}\n{\"step\":2,\"loss\":null}\n{\"step\":3,\"loss\":4}\n");

    assertThat(run.page()).doesNotContain("NaN");
  }

  @Test
  void anEvaluationsOwnSecondsAreNotCountedTwice() throws IOException {
    TestRun run =
        TestRun.copiedTo(folder)
            .with("dense/status.json", "{\"verb\": \"evaluate\", \"seconds\": 5.5}");

    assertThat(run.report().seconds()).hasValue(3 * (100.0 + 5.0) + 5.5);
  }

  @Test
  void noHiddenFilesAreLeftBesideTheReport() throws IOException {
    TestRun.copiedTo(folder).report();

    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("report.html", "summary.json")
          .noneMatch(name -> name.startsWith("."));
    }
  }

  @Test
  void neitherFontsNorADisplayAreNeeded() {
    noClasses()
        .that()
        .resideInAPackage("io.sparkswitch.jobs.report")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.awt..", "javax.swing..", "org.knowm..")
        .because("a container with nothing but a JDK has no fonts, and AWT fails there")
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.sparkswitch.jobs.report"));
  }

  private JsonNode summary() throws IOException {
    return new ObjectMapper().readTree(folder.resolve(RunReport.SUMMARY).toFile());
  }

  private static Document parse(String page) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(page)));
  }

  private static int elements(Document page, String name, String attribute, String value) {
    int count = 0;
    var nodes = page.getElementsByTagName(name);
    for (int i = 0; i < nodes.getLength(); i++) {
      var node = nodes.item(i).getAttributes().getNamedItem(attribute);
      count += node != null && node.getNodeValue().equals(value) ? 1 : 0;
    }
    return count;
  }
}
