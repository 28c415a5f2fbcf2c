package io.sparkswitch.jobs.report;

import io.sparkswitch.jobs.track.OutputFolder;
import java.io.IOException;
import java.util.OptionalDouble;
import org.apache.hadoop.conf.Configuration;

/** Writes {@code report.html} and {@code summary.json} into a run folder. */
public final class RunReport {
  public static final String REPORT = "report.html";
  public static final String SUMMARY = "summary.json";

  private RunReport() {}

  /** As {@link #write(String, OptionalDouble, Configuration)}, with the recorded seconds. */
  public static Summary write(String folder, Configuration conf) throws IOException {
    return write(folder, OptionalDouble.empty(), conf);
  }

  /**
   * Reads what is in the folder and replaces both files. What is missing the report says in words.
   *
   * @param folder a run folder, as a path of any Hadoop file system
   * @param totalSeconds wall clock of the whole journey; empty takes the sum of what {@code
   *     status.json} and {@code evaluation.json} recorded
   * @throws java.io.FileNotFoundException if there is no such folder
   * @throws io.sparkswitch.data.source.InputException if a file in it is not the JSON it should be
   */
  public static Summary write(String folder, OptionalDouble totalSeconds, Configuration conf)
      throws IOException {
    RunFolder run = RunFolder.read(folder, conf);
    Summary summary =
        Summary.of(run, totalSeconds.isPresent() ? totalSeconds : run.recordedSeconds());
    OutputFolder files = OutputFolder.of(folder, conf);
    files.write(REPORT, new ReportPage(run, summary).render());
    files.write(SUMMARY, summary.toJson());
    return summary;
  }
}
