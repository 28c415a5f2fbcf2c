package io.sparkswitch.jobs;

import java.util.Optional;
import picocli.CommandLine.Option;

/** For the verb that trains a student. */
final class TargetOptions {
  @Option(
      names = "--targets",
      paramLabel = "DIR",
      description =
          "folder of soft targets that the verb teach wrote; without it, and without"
              + " distill.targets=online, the student has the teacher's weights to start from and"
              + " nothing else")
  private String targets;

  Optional<String> targets() {
    return Optional.ofNullable(targets);
  }
}
