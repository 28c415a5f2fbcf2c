package io.sparkswitch.jobs.study;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.conf.VariantSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One training of a study.
 *
 * @param config of the run, its seed included
 * @param folder its name within {@link StudyFolders#RUNS}: the same for runs that would be equal,
 *     whichever study or row they belong to
 * @param teacher the run that it learns from; empty if it is pretrained
 * @param targets its teacher's soft targets; empty without
 */
public record PlannedRun(
    RunConfig config,
    String folder,
    Optional<PlannedRun> teacher,
    Optional<PlannedTargets> targets) {

  private static final List<String> SECTIONS =
      List.of("seed", "model", "routing", "data", "training", "optimizer");

  static PlannedRun of(
      VariantSettings variant, long seed, Optional<PlannedRun> teacher, String data) {
    RunConfig config = variant.config().withSeed(seed);
    Optional<PlannedTargets> targets =
        variant.usesStoredTargets()
            ? teacher.map(run -> PlannedTargets.of(run, config))
            : Optional.empty();
    List<String> dependsOn = new ArrayList<>(List.of(data, config.render(SECTIONS)));
    teacher.ifPresent(
        run -> dependsOn.addAll(List.of(run.folder(), config.render(List.of("distill")))));
    targets.ifPresent(soft -> dependsOn.add(soft.folder()));
    String folder = "%s-seed-%d-%s".formatted(kind(config, teacher), seed, Identity.of(dependsOn));
    return new PlannedRun(config, folder, teacher, targets);
  }

  /** Whether its teacher works beside it. */
  boolean asksItsTeacher() {
    return teacher.isPresent() && config.distill().asksTeacher();
  }

  /** Whether it learns from the soft targets in a folder. */
  boolean usesTargetsOf(String other) {
    return targets.filter(own -> own.folder().equals(other)).isPresent();
  }

  private static String kind(RunConfig config, Optional<PlannedRun> teacher) {
    if (teacher.isPresent()) {
      return "student";
    }
    return config.model().sparse() ? "switch-" + config.model().numExperts() : "dense";
  }
}
