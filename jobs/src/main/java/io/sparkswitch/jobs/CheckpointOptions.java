package io.sparkswitch.jobs;

import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** For verbs that read a trained model. */
final class CheckpointOptions {
  @Option(
      names = "--run",
      required = true,
      paramLabel = "DIR",
      description = "run folder that pretrain or distill wrote")
  private String run;

  @Option(
      names = "--step",
      paramLabel = "N",
      description = "the checkpoint of that step; without it the newest")
  private Long step;

  String run() {
    return run;
  }

  OptionalLong step() {
    return step == null ? OptionalLong.empty() : OptionalLong.of(step);
  }
}
