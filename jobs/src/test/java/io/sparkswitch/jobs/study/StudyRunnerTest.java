package io.sparkswitch.jobs.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.pipeline.folder.Lease;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.conf.StudyLoader;
import io.sparkswitch.jobs.conf.StudySettings;
import io.sparkswitch.jobs.track.OutputFolder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runner over verbs that leave behind what the real ones do, and count their calls. */
class StudyRunnerTest {
  private static final Configuration HADOOP = new Configuration();

  @TempDir private Path folder;

  private final List<String> called = new ArrayList<>();
  private StudyFolders folders;
  private int until = Integer.MAX_VALUE;

  @BeforeEach
  void openFolder() throws IOException {
    folders = new StudyFolders(OutputFolder.of(folder.toString(), HADOOP), "data");
  }

  @Test
  void teachersComeBeforeTheirStudentsAndPairsAreDoneOneByOne() throws Exception {
    run(study("mixture", "seeds = [1, 2]", "rows = [dense, switch, f-0, f-25, f-50]"));

    assertThat(called)
        .containsExactly(
            "pretrain dense-seed-1",
            "evaluate dense-seed-1",
            "pretrain switch-16-seed-1",
            "evaluate switch-16-seed-1",
            "distill student-seed-1",
            "evaluate student-seed-1",
            "teach switch-16-seed-1",
            "distill student-seed-1",
            "evaluate student-seed-1",
            "distill student-seed-1",
            "evaluate student-seed-1",
            "pretrain dense-seed-2",
            "evaluate dense-seed-2",
            "pretrain switch-16-seed-2",
            "evaluate switch-16-seed-2",
            "distill student-seed-2",
            "evaluate student-seed-2",
            "teach switch-16-seed-2",
            "distill student-seed-2",
            "evaluate student-seed-2",
            "distill student-seed-2",
            "evaluate student-seed-2");
    assertThat(folder.resolve("targets"))
        .as("their students are done")
        .isDirectoryNotContaining(Files::isDirectory);
  }

  @Test
  void whatFailedIsBegunAgainAndNothingThatWasFinished() throws Exception {
    StudySettings study = study("mixture", "seeds = [1]", "rows = [dense, switch, f-25]");
    until = 3;
    assertThatThrownBy(() -> run(study)).hasMessage("stopped");
    assertThat(called).endsWith("pretrain switch-16-seed-1");
    called.clear();
    until = Integer.MAX_VALUE;

    run(study);

    assertThat(called)
        .containsExactly(
            "pretrain switch-16-seed-1",
            "evaluate switch-16-seed-1",
            "teach switch-16-seed-1",
            "distill student-seed-1",
            "evaluate student-seed-1");
  }

  @Test
  void aRunThatAnotherProcessIsAtIsPutOffAndItsStudentsWithIt() throws Exception {
    StudySettings study = study("mixture", "seeds = [1]", "rows = [switch, f-0, dense]");
    PlannedRun teacher = plan(study).run(study.variant("switch"), 1);
    String busy = teacher.folder();
    List<String> said = new ArrayList<>();
    try (Lease other = lease(busy)) {
      Verbs verbs =
          (arguments, config) -> {
            if (arguments.contains(folders.run(teacher)) && arguments.contains("pretrain")) {
              lease(busy).close();
            }
            verb(arguments, config);
            if (called.size() == 2) {
              other.close();
            }
          };
      new StudyRunner(plan(study), folders, verbs, HADOOP, said::add).run((done, all) -> {});
    }
    assertThat(called)
        .containsExactly(
            "pretrain dense-seed-1",
            "evaluate dense-seed-1",
            "pretrain switch-16-seed-1",
            "evaluate switch-16-seed-1",
            "distill student-seed-1",
            "evaluate student-seed-1");
    assertThat(said.get(1)).contains("it is put off").contains(busy);
  }

  @Test
  void whatAnotherProcessEvaluatesIsNotEvaluatedAgain() throws Exception {
    StudySettings study = study("mixture", "seeds = [1]", "rows = [dense, switch]");
    PlannedRun dense = plan(study).run(study.variant("dense"), 1);
    List<Lease> others = new ArrayList<>();
    Verbs verbs =
        (arguments, config) -> {
          verb(arguments, config);
          if (called.size() == 1) {
            others.add(lease(dense.folder()));
          } else if (called.size() == 2) {
            verb(List.of("evaluate", "--run", folders.run(dense)), config);
            others.get(0).close();
          }
        };

    new StudyRunner(plan(study), folders, verbs, HADOOP, sentence -> {}).run((done, all) -> {});

    assertThat(called)
        .containsExactly(
            "pretrain dense-seed-1",
            "pretrain switch-16-seed-1",
            "evaluate dense-seed-1",
            "evaluate switch-16-seed-1");
  }

  @Test
  void studiesShareWhatIsEqual() throws Exception {
    run(study("mixture", "seeds = [1]", "rows = [dense, switch, f-25]"));
    called.clear();

    run(study("ladder", "seeds = [1]", "rows = [dense, switch, mixed, initialisation]"));

    assertThat(called).containsExactly("distill student-seed-1", "evaluate student-seed-1");
  }

  @Test
  void aRunOfOtherSettingsIsAnotherRun() throws IOException {
    StudyPlan plan = plan(study("mixture", "seeds = [1]", "rows = [dense, switch, f-25]"));
    StudyPlan other =
        plan(
            study(
                "mixture", "seeds = [1]", "rows = [dense, switch, f-25]", "base.model.d-ff = 32"));

    assertThat(plan.all()).extracting(PlannedRun::folder).doesNotHaveDuplicates().hasSize(3);
    assertThat(other.all())
        .extracting(PlannedRun::folder)
        .doesNotContainAnyElementsOf(plan.all().stream().map(PlannedRun::folder).toList());
    assertThat(other.data()).isEqualTo(plan.data());
  }

  @Test
  void aTeacherOfOneSeedTeachesTheStudentsOfAll() throws IOException {
    StudySettings study =
        study(
            "mixture",
            "seeds = [1, 2]",
            "rows = [dense, switch, f-25]",
            "variant.switch.seeds = [1]");
    StudyPlan plan = plan(study);

    assertThat(plan.all()).hasSize(5);
    assertThat(plan.run(study.variant("f-25"), 2).teacher())
        .hasValue(plan.run(study.variant("switch"), 1));
    assertThat(plan.run(study.variant("switch"), 2))
        .isEqualTo(plan.run(study.variant("switch"), 1));
  }

  private Lease lease(String run) throws IOException {
    org.apache.hadoop.fs.Path path =
        new org.apache.hadoop.fs.Path(folders.root().uri("runs/" + run));
    return Lease.acquire(path, HADOOP, "another", Clock.systemUTC(), sentence -> {});
  }

  private StudyPlan plan(StudySettings study) {
    return new StudyPlan(study, Optional.empty());
  }

  private void run(StudySettings study) throws Exception {
    new StudyRunner(plan(study), folders, this::verb, HADOOP, sentence -> {})
        .run((done, all) -> {});
  }

  private void verb(List<String> arguments, RunConfig config) throws IOException {
    String verb = arguments.get(0);
    boolean evaluates = verb.equals("evaluate");
    Path out =
        Path.of(
            URI.create(arguments.get(arguments.indexOf(evaluates ? "--run" : "--out") + 1))
                .getPath());
    called.add(verb + " " + out.getFileName().toString().replaceFirst("(seed-\\d+).*", "$1"));
    if (called.size() >= until) {
      throw new IllegalStateException("stopped");
    }
    Files.createDirectories(out);
    if (evaluates) {
      Files.writeString(
          out.resolve("evaluation.json"),
          "{\"negLogPerplexity\": -2, \"step\": %d}".formatted(config.training().steps()));
    } else if (verb.equals("teach")) {
      Files.writeString(out.resolve("manifest.json"), "{}");
      Path cost = Path.of(URI.create(arguments.get(arguments.indexOf("--json") + 1)).getPath());
      Files.writeString(cost, "{\"exitCode\": 0, \"seconds\": 2, \"bytes\": 30}");
    }
  }

  /** A bundled study with other lines. */
  private StudySettings study(String name, String... lines) throws IOException {
    Path conf = Path.of("..", "conf", "studies").toAbsolutePath();
    Path own =
        Files.writeString(
            Files.createTempFile(folder, "own", ".conf"),
            "include \"%s/%s.conf\"%nscales.demo { %s }%n"
                .formatted(conf, name, String.join("\n", lines) + withLeftOut(name, lines)));
    try {
      return StudyLoader.load(own.toString(), "demo", Optional.empty(), List.of());
    } finally {
      Files.delete(own);
    }
  }

  private static String withLeftOut(String name, String... lines) {
    String rows = String.join("\n", lines);
    StringBuilder leftOut = new StringBuilder("\n");
    for (var variant : StudyLoader.load(name, "demo", Optional.empty(), List.of()).variants()) {
      if (!rows.matches("(?s).*[ \\[]%s[,\\]].*".formatted(variant.name()))) {
        leftOut.append("left-out.%s = \"not in this test\"%n".formatted(variant.name()));
      }
    }
    return leftOut.toString();
  }
}
