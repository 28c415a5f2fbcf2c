package io.sparkswitch.jobs.study.result;

import java.util.Optional;

/**
 * A finished run of a row.
 *
 * @param seed of the run
 * @param folder its name
 * @param figures what it came to
 * @param targets what its soft targets took; empty without
 * @param teachersFlopsPerToken of a teacher that reads every token as well; 0 without
 */
public record StudyRun(
    long seed,
    String folder,
    RunFigures figures,
    Optional<TargetsCost> targets,
    double teachersFlopsPerToken) {

  /** Matrix products of the whole training, with those of a teacher beside it. */
  public double trainingFlops() {
    return figures.trainingFlops() + teachersFlopsPerToken * figures.training().tokens();
  }

  /**
   * @param seconds of the verb that wrote them
   * @param bytes stored; NaN if it did not tell
   */
  public record TargetsCost(double seconds, double bytes) {}
}
