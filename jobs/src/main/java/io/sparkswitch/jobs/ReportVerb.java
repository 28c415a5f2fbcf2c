package io.sparkswitch.jobs;

import io.sparkswitch.jobs.report.RunReport;
import io.sparkswitch.jobs.report.Summary;
import io.sparkswitch.jobs.track.OutputFolder;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "report",
    description =
        "Writes report.html and summary.json from the runs of a folder (dense, switch, student,"
            + " init-only); what is missing is said.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {"", "Example: sparkswitch report --out runs/demo"})
final class ReportVerb extends ConfiguredVerb {
  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "folder of the whole journey, such as runs/demo")
  private String out;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "wall clock of the whole journey; without it the sum of what verbs recorded")
  private Double seconds;

  @Override
  Optional<String> statusFolder() {
    return Optional.of(out);
  }

  @Override
  boolean isGuest() {
    return true;
  }

  @Override
  void run(VerbRun run) throws IOException {
    OutputFolder folder = OutputFolder.of(out, run.hadoop());
    OptionalDouble total = seconds == null ? OptionalDouble.empty() : OptionalDouble.of(seconds);
    Summary summary = RunReport.write(folder.uri(), total, run.hadoop());
    run.results().set("summary", Json.parse(summary.toJson()));
    run.say("Report: " + folder.uri(RunReport.REPORT));
    run.say("Summary: " + folder.uri(RunReport.SUMMARY));
  }
}
