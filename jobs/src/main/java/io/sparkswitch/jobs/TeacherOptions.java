package io.sparkswitch.jobs;

import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** For verbs that learn from a trained Switch model. */
final class TeacherOptions {
  @Option(
      names = "--teacher",
      required = true,
      paramLabel = "DIR",
      description = "run folder of the teacher")
  private String teacher;

  @Option(
      names = "--teacher-step",
      paramLabel = "N",
      description = "the teacher's checkpoint of that step; without it the newest")
  private Long step;

  String teacher() {
    return teacher;
  }

  OptionalLong step() {
    return step == null ? OptionalLong.empty() : OptionalLong.of(step);
  }
}
