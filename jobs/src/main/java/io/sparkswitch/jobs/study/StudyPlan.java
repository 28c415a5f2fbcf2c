package io.sparkswitch.jobs.study;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.conf.StudySettings;
import io.sparkswitch.jobs.conf.VariantSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every training of a study, and which of them make a pair. */
public final class StudyPlan {
  private final StudySettings study;
  private final String data;
  private final Map<String, Map<Long, PlannedRun>> runs = new HashMap<>();

  /**
   * @param corpus folder of the text; empty for the demo corpus
   */
  public StudyPlan(StudySettings study, Optional<String> corpus) {
    this.study = study;
    RunConfig config = study.dense().config();
    this.data =
        "data-"
            + Identity.of(
                List.of(
                    corpus.orElse("demo corpus"),
                    config.render(List.of("data", "vocab", "prepare", "demo-corpus"))));
    for (VariantSettings variant : study.variants()) {
      Map<Long, PlannedRun> bySeed = new LinkedHashMap<>();
      for (long seed : variant.seeds()) {
        bySeed.put(seed, PlannedRun.of(variant, seed, teacherOf(variant, seed), data));
      }
      runs.put(variant.name(), bySeed);
    }
  }

  /** The folder of the corpus, the vocabulary and the shards. */
  public String data() {
    return data;
  }

  public StudySettings study() {
    return study;
  }

  /** All of them, each once: seed by seed, teachers before their students. */
  public List<PlannedRun> all() {
    Map<String, PlannedRun> all = new LinkedHashMap<>();
    for (long seed : study.seeds()) {
      for (VariantSettings variant : study.variants()) {
        if (variant.seeds().contains(seed)) {
          add(runs.get(variant.name()).get(seed), all);
        }
      }
    }
    return new ArrayList<>(all.values());
  }

  /** The run of a row that belongs to a pair: its own seed's, or the only one there is. */
  public PlannedRun run(VariantSettings variant, long seed) {
    Map<Long, PlannedRun> own = runs.get(variant.name());
    return own.getOrDefault(seed, own.get(variant.seeds().get(0)));
  }

  private Optional<PlannedRun> teacherOf(VariantSettings variant, long seed) {
    return variant.teacher().map(teacher -> run(study.variant(teacher), seed));
  }

  private static void add(PlannedRun run, Map<String, PlannedRun> all) {
    run.teacher().ifPresent(teacher -> add(teacher, all));
    all.putIfAbsent(run.folder(), run);
  }
}
