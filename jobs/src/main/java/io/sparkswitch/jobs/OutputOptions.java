package io.sparkswitch.jobs;

import picocli.CommandLine.Option;

/** For verbs that write: where to, and whether to begin again. */
final class OutputOptions {
  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "folder to write; the same folder again continues, or finds nothing to do")
  private String out;

  @Option(names = "--fresh", description = "starts over: what the folder holds is replaced")
  private boolean fresh;

  String out() {
    return out;
  }

  boolean fresh() {
    return fresh;
  }
}
