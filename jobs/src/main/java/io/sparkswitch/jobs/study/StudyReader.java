package io.sparkswitch.jobs.study;

import io.sparkswitch.jobs.conf.StudySettings;
import io.sparkswitch.jobs.conf.VariantSettings;
import io.sparkswitch.jobs.study.result.Comparison;
import io.sparkswitch.jobs.study.result.RunFigures;
import io.sparkswitch.jobs.study.result.StudyOutcome;
import io.sparkswitch.jobs.study.result.StudyRun;
import io.sparkswitch.jobs.study.result.StudyRun.TargetsCost;
import io.sparkswitch.jobs.study.result.Yardsticks;
import io.sparkswitch.jobs.track.OutputFolder;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;

/** Reads from the runs' folders what a study has come to. */
public final class StudyReader {
  private final StudyPlan plan;
  private final StudyFolders folders;
  private final Configuration hadoop;

  public StudyReader(StudyPlan plan, StudyFolders folders, Configuration hadoop) {
    this.plan = plan;
    this.folders = folders;
    this.hadoop = hadoop;
  }

  /**
   * @param provenance versions and digests, in words
   */
  public StudyOutcome read(Yardsticks yardsticks, Map<String, String> provenance)
      throws IOException {
    StudySettings study = plan.study();
    Map<String, Map<Long, StudyRun>> finished = new HashMap<>();
    Set<String> folders = new HashSet<>();
    for (VariantSettings variant : study.variants()) {
      Map<Long, StudyRun> runs = new LinkedHashMap<>();
      for (long seed : variant.seeds()) {
        Optional<StudyRun> run = run(plan.run(variant, seed), seed);
        run.ifPresent(done -> runs.put(seed, done));
        run.ifPresent(done -> folders.add(done.folder()));
      }
      finished.put(variant.name(), runs);
    }
    Comparison comparison = new Comparison(study, finished);
    return new StudyOutcome(
        study,
        comparison.rows(),
        comparison.detectable(),
        yardsticks,
        new StudyOutcome.State(plan.all().size(), folders.size(), provenance));
  }

  private Optional<StudyRun> run(PlannedRun planned, long seed) throws IOException {
    Optional<RunFigures> figures = figures(planned);
    if (figures.isEmpty()) {
      return Optional.empty();
    }
    Optional<TargetsCost> cost =
        planned.targets().isPresent()
            ? FinishedTargets.cost(folders, planned.targets().get())
            : Optional.empty();
    double teacher =
        planned.asksItsTeacher()
            ? figures(planned.teacher().orElseThrow())
                .map(found -> found.evaluation().flopsPerToken())
                .orElse(Double.NaN)
            : 0;
    return Optional.of(new StudyRun(seed, planned.folder(), figures.get(), cost, teacher));
  }

  private Optional<RunFigures> figures(PlannedRun planned) throws IOException {
    return RunFigures.read(OutputFolder.of(folders.run(planned), hadoop))
        .filter(found -> found.step() == planned.config().training().steps());
  }
}
