package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.loop.TeacherSpec;
import io.sparkswitch.jobs.loop.WorkerSpec;
import io.sparkswitch.model.tensor.Natives;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A teacher in its student's gang, beside soft targets of the same teacher that were stored. */
class OnlineTeacherTest {
  private static final int STEPS = 6;

  @TempDir private static Path folder;
  private static List<Double> stored;

  @BeforeAll
  static void trainTeacherAndStudentOfStoredTargets() throws Exception {
    Natives.load();
    TinyShards.write(folder.resolve("shards"), teacher().data());
    LocalGang.train(teacher(), 2, folder.resolve("shards"), folder.resolve("teacher"));
    stored = fromStored("float32");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void onAnyNumberOfRanksAStudentLearnsTheSameAsFromWholeStoredDistributions(int ranks)
      throws Exception {
    assertThat(largestDifference(online("online-" + ranks, ranks), stored))
        .isLessThanOrEqualTo(1e-5);
  }

  @Test
  void inMicroBatchesItLearnsTheSame() throws Exception {
    List<Double> parts = online("online-parts", 2, "training.micro-batches=2");
    assertThat(largestDifference(parts, stored)).isLessThanOrEqualTo(1e-5);
  }

  /** A student with experts has two micro-batches in work at once, its teacher's tokens too. */
  @Test
  void aSwitchStudentLearnsTheSameByTurnsFromATeacherAndFromStoredTargets() throws Exception {
    List<Double> whole = fromStored("float32", "whole", 1, "model.num-experts=4");
    List<Double> byTurns =
        fromStored("float32", "turns", 2, "model.num-experts=4", "training.micro-batches=2");
    List<Double> online =
        online("online-turns", 2, "model.num-experts=4", "training.micro-batches=2");

    assertThat(whole).isNotEqualTo(stored);
    assertThat(largestDifference(byTurns, whole)).isLessThanOrEqualTo(1e-5);
    assertThat(largestDifference(online, whole)).isLessThanOrEqualTo(1e-5);
  }

  @Test
  void distributionsStoredInBfloat16TeachTheSameWithin2e3() throws Exception {
    List<Double> rounded = fromStored("bfloat16");
    assertThat(rounded).isNotEqualTo(stored);
    assertThat(largestDifference(rounded, online("online-again", 1))).isLessThanOrEqualTo(2e-3);
  }

  @Test
  void withoutItsTeacherAStudentLearnsSomethingElse() throws Exception {
    TrainedRun alone =
        LocalGang.train(student(), 1, folder.resolve("shards"), folder.resolve("alone"));
    assertThat(largestDifference(alone.losses(), stored)).isGreaterThan(0.01);
  }

  private static List<Double> fromStored(String values) throws Exception {
    return fromStored(values, "dense", 1);
  }

  private static List<Double> fromStored(String values, String name, int ranks, String... more)
      throws Exception {
    Path targets = folder.resolve("targets-" + values + "-" + name);
    LocalGang.teach(
        beside("teach={ kind = full, temperature = 2, values = " + values + " }"),
        new LocalGang.Layout(2, 0),
        folder.resolve("shards"),
        folder.resolve("teacher"),
        targets,
        done -> {});
    Path out = folder.resolve("stored-" + values + "-" + name);
    WorkerSpec.Folders folders = folders(out).withTargets(targets.toString());
    return train(new WorkerSpec(student(more), folders), ranks, out);
  }

  private static List<Double> online(String name, int ranks, String... more) throws Exception {
    Path out = folder.resolve(name);
    TeacherSpec teacher =
        new TeacherSpec(beside(more), folder.resolve("teacher/checkpoints").toString(), STEPS, 0);
    return train(new WorkerSpec(student(more), folders(out), teacher), ranks, out);
  }

  private static List<Double> train(WorkerSpec spec, int ranks, Path out) throws Exception {
    List<Double> losses = LocalGang.train(spec, ranks, TinyShards.SEGMENTS, out).losses();
    assertThat(losses).hasSize(STEPS);
    return losses;
  }

  private static WorkerSpec.Folders folders(Path out) {
    return WorkerSpec.Folders.of(folder.resolve("shards").toString(), out.toString());
  }

  private static double largestDifference(List<Double> some, List<Double> others) {
    double largest = 0;
    for (int step = 0; step < STEPS; step++) {
      largest = Math.max(largest, Math.abs(some.get(step) - others.get(step)));
    }
    return largest;
  }

  private static RunConfig teacher() {
    return LocalGang.config("training.steps=" + STEPS);
  }

  /** The teacher's model on the student's stream. */
  private static RunConfig beside(String... more) {
    return LocalGang.config(words(List.of("training.steps=" + STEPS, "seed=6"), more));
  }

  private static RunConfig student(String... more) {
    return LocalGang.config(
        words(
            List.of(
                "training.steps=" + STEPS,
                "seed=6",
                "model.num-experts=0",
                "distill.soft-fraction=1",
                "distill.temperature=2",
                "optimizer.schedule=constant",
                "optimizer.peak-learning-rate=0.02"),
            more));
  }

  private static String[] words(List<String> first, String... more) {
    return Stream.concat(first.stream(), Stream.of(more)).toArray(String[]::new);
  }
}
