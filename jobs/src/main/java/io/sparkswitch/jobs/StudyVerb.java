package io.sparkswitch.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.conf.StudyLoader;
import io.sparkswitch.jobs.conf.StudySettings;
import io.sparkswitch.jobs.report.LineChart;
import io.sparkswitch.jobs.study.StudyFolders;
import io.sparkswitch.jobs.study.StudyPlan;
import io.sparkswitch.jobs.study.StudyReader;
import io.sparkswitch.jobs.study.StudyRunner;
import io.sparkswitch.jobs.study.StudyYardsticks;
import io.sparkswitch.jobs.study.result.OutcomeCharts;
import io.sparkswitch.jobs.study.result.OutcomeCsv;
import io.sparkswitch.jobs.study.result.OutcomeJson;
import io.sparkswitch.jobs.study.result.OutcomePage;
import io.sparkswitch.jobs.study.result.OutcomeWording;
import io.sparkswitch.jobs.study.result.StudyOutcome;
import io.sparkswitch.jobs.study.result.Yardsticks;
import io.sparkswitch.jobs.track.OutputFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "study",
    description =
        "Trains the models of a study, each once a seed, compares them within seeds, and writes"
            + " the outcome as CSV, JSON, SVG and a page after every run. The same command again"
            + " continues; the same command twice at once shares the runs. --config and --set are"
            + " for all runs.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {
      "",
      "Example: sparkswitch study first-gain --out runs/studies",
      "An own study: sparkswitch study my-study.conf --out runs/studies"
    })
final class StudyVerb extends ConfiguredVerb {
  static final String JSON = "study.json";
  static final String ROWS = "study.csv";
  static final String RUNS = "runs.csv";
  static final String PAGE = "study.html";
  static final String BY_STEP = "loss-by-step.svg";
  static final String BY_TIME = "loss-by-time.svg";

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description =
          "first-gain, ladder, compression, mixture, targets, english, short-ladder, or a file of one's own")
  private String name;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "runs/studies",
      description = "folder of all studies; runs that are equal are shared")
  private String out;

  @Option(
      names = "--scale",
      defaultValue = "demo",
      description = "size of the runs: demo for two cores, paper for a cluster")
  private String scale;

  @Option(
      names = "--corpus",
      paramLabel = "FOLDER",
      description = "text to train on, as the verb vocab takes it; without it the demo corpus")
  private String corpus;

  @Option(
      names = "--keep-targets",
      description = "keeps soft targets that no student needs any more")
  private boolean keepTargets;

  private StudySettings study;

  private StudySettings study() {
    if (study == null) {
      study = StudyLoader.load(name, scale, options().file(), options().settings());
    }
    return study;
  }

  @Override
  Optional<String> statusFolder() {
    return Optional.of("%s/%s-%s".formatted(out, study().name(), study().scale()));
  }

  @Override
  boolean needsGang() {
    return true;
  }

  @Override
  boolean worksAlone() {
    return false;
  }

  @Override
  Optional<String> savedConfiguration(VerbRun run) {
    return Optional.of(study().dense().config().render());
  }

  @Override
  List<String> sections() {
    return List.of("gang", "exchange");
  }

  @Override
  void run(VerbRun run) throws Exception {
    RunConfig dense = study().dense().config();
    Optional<String> text = corpus(run.hadoop());
    StudyPlan plan = new StudyPlan(study(), text);
    StudyFolders folders = new StudyFolders(OutputFolder.of(out, run.hadoop()), plan.data());
    InnerVerbs verbs = new InnerVerbs(new PrintWriter(new StudyProgress(run::say), true));
    run.spark();
    StudyText.make(folders, text, dense, verbs, run);
    Yardsticks yardsticks = StudyYardsticks.of(folders, dense, run.hadoop());
    run.keep(Provenance.of(run.verb(), dense));
    StudyReader reader = new StudyReader(plan, folders, run.hadoop());
    StudyRunner runner = new StudyRunner(plan, folders, verbs, run.hadoop(), run::say);
    if (keepTargets) {
      runner.keepingTargets();
    }
    write(outcome(reader, yardsticks, dense), run);
    runner.run(
        (done, all) -> {
          run.progress("%d of %d runs are done.".formatted(done, all));
          write(outcome(reader, yardsticks, dense), run);
        });
    StudyOutcome outcome = outcome(reader, yardsticks, dense);
    run.results().set("outcome", OutcomeJson.of(outcome));
    OutcomeWording.below(outcome).forEach(run::say);
    run.say("Page: %s. Figures: %s.".formatted(run.folder().uri(PAGE), run.folder().uri(ROWS)));
  }

  /** The same text has one name, from wherever and however it was typed. */
  private Optional<String> corpus(Configuration hadoop) throws IOException {
    if (corpus == null) {
      return Optional.empty();
    }
    Path path = new Path(corpus);
    return Optional.of(path.getFileSystem(hadoop).makeQualified(path).toString());
  }

  private static StudyOutcome outcome(StudyReader reader, Yardsticks yardsticks, RunConfig config)
      throws IOException {
    return reader.read(yardsticks, Provenance.of("study", config).toMap());
  }

  private static void write(StudyOutcome outcome, VerbRun run) throws IOException {
    OutputFolder folder = run.folder();
    ObjectNode json = OutcomeJson.of(outcome);
    folder.write(JSON, json.toPrettyString() + "\n");
    folder.write(ROWS, OutcomeCsv.ofRows(outcome));
    folder.write(RUNS, OutcomeCsv.ofRuns(outcome));
    OutcomeCharts charts = new OutcomeCharts(outcome);
    write(charts.byStep(), BY_STEP, folder);
    write(charts.byTime(), BY_TIME, folder);
    folder.write(PAGE, new OutcomePage(outcome).render());
  }

  private static void write(Optional<LineChart> chart, String file, OutputFolder folder)
      throws IOException {
    if (chart.isPresent()) {
      folder.write(file, chart.get().standalone(OutcomePage.chartStyleSheet()));
    }
  }
}
