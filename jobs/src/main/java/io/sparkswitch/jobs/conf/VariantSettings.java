package io.sparkswitch.jobs.conf;

import java.util.List;
import java.util.Optional;

/**
 * One row of a study's table: the same training once a seed.
 *
 * @param name its key in the study's file
 * @param role what it is compared for
 * @param label what tables and charts call it
 * @param teacher the variant that it learns from; empty for one that is pretrained
 * @param seeds its runs; the study's, or fewer
 * @param config of its runs, but for the seed
 */
public record VariantSettings(
    String name,
    VariantRole role,
    String label,
    Optional<String> teacher,
    List<Long> seeds,
    RunConfig config) {

  public VariantSettings {
    seeds = List.copyOf(seeds);
  }

  /** Whether it learns from soft targets that are made before. */
  public boolean usesStoredTargets() {
    return teacher.isPresent()
        && config.distill().softFraction() > 0
        && !config.distill().asksTeacher();
  }
}
