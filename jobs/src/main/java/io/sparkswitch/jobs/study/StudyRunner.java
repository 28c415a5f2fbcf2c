package io.sparkswitch.jobs.study;

import io.sparkswitch.data.pipeline.folder.Lease;
import io.sparkswitch.data.pipeline.folder.LeaseHeldException;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.distill.target.store.TargetsFolder;
import io.sparkswitch.jobs.study.result.RunFigures;
import io.sparkswitch.jobs.track.OutputFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Has the verbs do what a plan lacks, run by run. What is there is left alone, what was begun goes
 * on; a run that another process is at is put off, so that the same command twice shares the work.
 */
public final class StudyRunner {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final StudyPlan plan;
  private final StudyFolders folders;
  private final Verbs verbs;
  private final Configuration hadoop;
  private final Consumer<String> say;
  private final Set<String> putOff = new HashSet<>();
  private boolean keepsTargets;

  /**
   * @param say takes a sentence for the user
   */
  public StudyRunner(
      StudyPlan plan,
      StudyFolders folders,
      Verbs verbs,
      Configuration hadoop,
      Consumer<String> say) {
    this.plan = plan;
    this.folders = folders;
    this.verbs = verbs;
    this.hadoop = hadoop;
    this.say = say;
  }

  /** Has soft targets stay when their last student is done: they can be many gigabytes. */
  public StudyRunner keepingTargets() {
    keepsTargets = true;
    return this;
  }

  /** What to do after each run that was finished. */
  @FunctionalInterface
  public interface AfterRun {
    void accept(int done, int all) throws IOException;
  }

  /**
   * Runs until nothing is left.
   *
   * @throws Exception what a verb failed with; the same command continues
   */
  public void run(AfterRun after) throws Exception {
    List<PlannedRun> all = plan.all();
    List<PlannedRun> left = new ArrayList<>(all);
    left.removeIf(this::isFinished);
    for (PlannedRun run : all) {
      if (!left.contains(run)) {
        dropTargets(run); // a process that was killed before it could
      }
    }
    if (left.size() < all.size()) {
      say.accept("%d of %d runs are there.".formatted(all.size() - left.size(), all.size()));
    }
    while (!left.isEmpty()) {
      int before = left.size();
      for (PlannedRun run : List.copyOf(left)) {
        if (isFinished(run) || (canBegin(run) && complete(run))) {
          left.remove(run);
          dropTargets(run);
          after.accept(all.size() - left.size(), all.size());
        }
      }
      if (left.size() == before) {
        Thread.sleep(PATIENCE.toMillis());
      }
    }
  }

  private boolean canBegin(PlannedRun run) {
    return run.teacher().map(this::isFinished).orElse(true);
  }

  /** Whether a run is trained to its last step and evaluated. */
  private boolean isFinished(PlannedRun run) {
    try {
      return RunFigures.read(OutputFolder.of(folders.run(run), hadoop))
          .filter(figures -> figures.step() == run.config().training().steps())
          .isPresent();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether it was this process that could do it. */
  private boolean complete(PlannedRun run) throws Exception {
    if (!putOff.contains(run.folder())) {
      say.accept("Run %s.".formatted(run.folder()));
    }
    try {
      if (run.targets().isPresent()) {
        teach(run.targets().get());
      }
      train(run);
      evaluate(run);
      return true;
    } catch (LeaseHeldException e) {
      if (putOff.add(run.folder())) {
        say.accept("Another process is at it; it is put off. (%s)".formatted(e.getMessage()));
      }
      return false;
    } catch (InputException e) {
      if (isFinished(run)) {
        return true; // another process did it, and has taken the targets away
      }
      throw e;
    }
  }

  private void teach(PlannedTargets targets) throws Exception {
    String folder = folders.targets(targets);
    if (FinishedTargets.cost(folders, targets).isPresent()
        && OutputFolder.of(folder, hadoop).exists(TargetsFolder.MANIFEST)) {
      return;
    }
    List<String> verb = new ArrayList<>(List.of("teach", "--out", folder));
    verb.addAll(List.of("--teacher", folders.run(targets.teacher())));
    verb.addAll(List.of("--json", folders.root().uri(folders.costOfTargets(targets))));
    addText(verb);
    verbs.run(verb, targets.config());
  }

  private void train(PlannedRun run) throws Exception {
    Optional<PlannedRun> teacher = run.teacher();
    List<String> verb =
        new ArrayList<>(List.of(teacher.isPresent() ? "distill" : "pretrain", "--out"));
    verb.add(folders.run(run));
    teacher.ifPresent(from -> verb.addAll(List.of("--teacher", folders.run(from))));
    run.targets().ifPresent(soft -> verb.addAll(List.of("--targets", folders.targets(soft))));
    addText(verb);
    verbs.run(verb, run.config());
  }

  /** Under a lease, which the verb does not take, so that one process does it. */
  private void evaluate(PlannedRun run) throws Exception {
    try (Lease lease =
        Lease.acquire(
            new Path(folders.run(run)), hadoop, "study, evaluating", Clock.systemUTC(), say)) {
      if (isFinished(run)) {
        return;
      }
      List<String> verb = new ArrayList<>(List.of("evaluate", "--run", folders.run(run)));
      verb.add("--shuffled-inputs");
      addText(verb);
      verbs.run(verb, run.config());
      lease.requireHeld();
    }
  }

  private void addText(List<String> verb) {
    verb.addAll(List.of("--shards", folders.shards(), "--vocab", folders.vocabulary()));
  }

  private void dropTargets(PlannedRun run) throws IOException {
    if (keepsTargets || run.targets().isEmpty()) {
      return;
    }
    PlannedTargets targets = run.targets().get();
    boolean wanted =
        plan.all().stream()
            .filter(other -> other.usesTargetsOf(targets.folder()))
            .anyMatch(other -> !isFinished(other));
    if (!wanted) {
      folders.root().delete(StudyFolders.TARGETS + "/" + targets.folder());
    }
  }
}
