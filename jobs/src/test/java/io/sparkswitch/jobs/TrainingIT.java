package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.jobs.packaging.ProgramOutput;
import io.sparkswitch.jobs.packaging.RunningProgram;
import io.sparkswitch.jobs.track.StepMetrics;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Training on executors in processes of their own, some of which are killed. */
@ExtendWith(TinyJourney.Extension.class)
class TrainingIT {
  private static final int COMPARED = 20;
  private static final int MIDDLE = 25;

  private static TinyJourney journey;

  @BeforeAll
  static void prepare(TinyJourney shared) {
    journey = shared;
  }

  @Tag("long")
  @Test
  void lossesAndFirstGradientsDoNotDependOnTheNumberOfExecutors() throws Exception {
    journey.launch(
        1,
        journey.pretrain(
            "switch",
            "alone",
            "--set",
            "training.checkpoint-every=1",
            "--set",
            "training.steps=" + COMPARED));
    TrainedRun alone = journey.run("alone");

    assertThat(alone.metrics()).hasSize(COMPARED).allSatisfy(TrainingIT::capacityBinds);
    TrainedRun unbroken = journey.trainedSwitch();
    List<Double> losses = unbroken.losses();
    for (int step = 0; step < COMPARED; step++) {
      assertThat(alone.losses().get(step))
          .as("loss of step %d", step + 1)
          .isCloseTo(losses.get(step), within(1e-4));
    }
    assertThat(losses.get(COMPARED - 1)).as("it learns").isLessThan(losses.get(0) - 0.1);
    assertSameGradients(alone, unbroken);
  }

  @Tag("long")
  @Test
  void executorsWithMoreCoresHaveOneRankEachAllTheSame() throws Exception {
    ProgramOutput result =
        journey
            .start(
                2,
                journey.pretrain("switch", "roomy", "--set", "training.steps=" + COMPARED),
                "--master",
                "local-cluster[2,2,1024]")
            .await(TinyJourney.BOUND);

    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(journey.run("roomy").losses())
        .isEqualTo(journey.trainedSwitch().losses().subList(0, COMPARED));
  }

  /** Spark would replace the executor, but not so soon. */
  @Tag("long")
  @Test
  void withoutAReplacementTheGangGoesOnWithFewerAndLearnsTheSame() throws Exception {
    RunningProgram driver =
        journey.start(
            2, journey.pretrain("switch", "bereft", "--set", "gang.replacement-wait=500ms"));
    TrainedRun run = journey.run("bereft");
    awaitMiddle(driver, run);
    executors(driver).get(0).destroyForcibly();

    ProgramOutput result = driver.await(TinyJourney.BOUND);

    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output())
        .containsPattern(
            "Lost rank [01] on \\S+ \\(executor [01]\\), at .*, died: its connection closed")
        .contains("Attempt 0 ended")
        .contains("Going on with 1 of 2 executors")
        .containsPattern("Continuing from .*/step-000000[2-5]0");
    assertThat(run.metrics()).hasSize(TinyJourney.STEPS);
    List<Double> unbroken = journey.trainedSwitch().losses();
    for (int step = 0; step < MIDDLE + 10; step++) {
      assertThat(run.losses().get(step))
          .as("loss of step %d", step + 1)
          .isCloseTo(unbroken.get(step), within(1e-4));
    }
  }

  @Tag("long")
  @Test
  void withFewerThanTheLeastTheRunEndsWith75AndTheSameCommandGoesOn() throws Exception {
    List<String> command = journey.pretrain("switch", "bereaved");
    RunningProgram driver =
        journey.start(
            2,
            TinyJourney.with(
                command,
                "--set",
                "gang.replacement-wait=500ms",
                "--set",
                "gang.minimum-executors=2"));
    TrainedRun run = journey.run("bereaved");
    awaitMiddle(driver, run);
    executors(driver).get(0).destroyForcibly();

    ProgramOutput result = driver.await(TinyJourney.BOUND);

    assertThat(result.exitCode()).as(result.output()).isEqualTo(75);
    assertThat(result.output())
        .contains("only 1 of 2 executors are there")
        .contains("fewer than gang.minimum-executors = 2");
    assertThat(exitCode("bereaved")).isEqualTo(75);
    assertThat(journey.launch(2, command)).containsPattern("Resuming at step [2-5]0");
    assertSameEnd(run);
  }

  /** A rate at which the first update leaves no finite number. */
  @Test
  void aRunOfWhichNothingFiniteIsLeftEndsWith4() throws Exception {
    InProcess.Outcome outcome =
        InProcess.run(
            journey.pretrain(
                "dense",
                "diverged",
                "--set",
                "optimizer.peak-learning-rate=1e30",
                "--set",
                "training.max-skipped-batches=2"));

    assertThat(outcome.code()).as(outcome.text()).isEqualTo(4);
    assertThat(outcome.text())
        .contains("not finite: batch 1 is left out from now on")
        .contains("training.max-skipped-batches");
    assertThat(exitCode("diverged")).isEqualTo(4);
    assertThat(journey.at("diverged/checkpoints/step-00000010")).doesNotExist();
  }

  @Test
  void moreBatchesAreLeftOutThanExecutorsMayBeLostInARow() throws Exception {
    InProcess.Outcome outcome =
        InProcess.run(
            journey.pretrain(
                "dense",
                "hopeless",
                "--set",
                "optimizer.peak-learning-rate=1e30",
                "--set",
                "gang.max-attempts=2",
                "--set",
                "training.max-skipped-batches=3"));

    assertThat(outcome.code()).as(outcome.text()).isEqualTo(4);
    assertThat(outcome.text()).contains("steps before it with batches [1, 2, 3] were bad too");
  }

  @Tag("long")
  @Test
  void aKilledDriverLeavesNoExecutorAndTheSameCommandEndsAsIfNothingHadHappened() throws Exception {
    List<String> command = journey.pretrain("switch", "headless");
    RunningProgram driver = journey.start(2, command);
    TrainedRun run = journey.run("headless");
    awaitMiddle(driver, run);
    List<ProcessHandle> executors = executors(driver);
    assertThat(executors).hasSize(2);
    driver.handle().destroyForcibly();

    Awaitility.await("the executors' end")
        .atMost(Duration.ofSeconds(60))
        .until(() -> executors.stream().noneMatch(ProcessHandle::isAlive));
    assertThat(run.lastStep()).isLessThan(TinyJourney.STEPS);
    String output = journey.launch(2, command);

    assertThat(output).containsPattern("Resuming at step [2-5]0");
    assertSameEnd(run);
  }

  private static int exitCode(String run) throws IOException {
    return JsonMapper.builder()
        .build()
        .readTree(journey.at(run + "/status.json").toFile())
        .path("exitCode")
        .asInt(-1);
  }

  private static void capacityBinds(StepMetrics metrics) {
    assertThat(metrics.fractionTokensLeftBehind().orElseThrow()).isPositive();
  }

  /** To 1e-5 of each tensor's norm. The sign of a gradient shows in the parameter's first move. */
  private static void assertSameGradients(TrainedRun one, TrainedRun two) throws IOException {
    Map<String, double[]> left = one.firstGradients();
    Map<String, double[]> right = two.firstGradients();
    Map<String, float[]> movedLeft = one.tensors(1);
    Map<String, float[]> movedRight = two.tensors(1);
    assertThat(left.keySet()).isEqualTo(right.keySet());
    assertThat(left).as("tensors").hasSizeGreaterThan(20);
    assertThat(left.keySet()).anyMatch(name -> name.contains("expert"));
    left.forEach(
        (name, a) -> {
          double[] b = right.get(name);
          double difference = 0;
          double norm = 0;
          for (int i = 0; i < a.length; i++) {
            boolean sameWay = Math.abs(movedLeft.get(name)[i] - movedRight.get(name)[i]) < 1e-6;
            double d = sameWay ? a[i] - b[i] : a[i] + b[i];
            difference += d * d;
            norm += a[i] * a[i];
          }
          assertThat(Math.sqrt(difference)).as(name).isLessThanOrEqualTo(1e-5 * Math.sqrt(norm));
        });
  }

  private static void awaitMiddle(RunningProgram driver, TrainedRun run) throws Exception {
    Awaitility.await("step " + MIDDLE)
        .atMost(TinyJourney.BOUND)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .failFast(
            () -> {
              if (!driver.handle().isAlive()) {
                throw new IllegalStateException("it ended and had said:\n" + driver.output());
              }
            })
        .until(() -> run.lastStep() >= MIDDLE);
  }

  private static List<ProcessHandle> executors(RunningProgram driver) {
    return driver
        .handle()
        .children()
        .filter(child -> child.info().command().orElse("").endsWith("/java"))
        .toList();
  }

  private static void assertSameEnd(TrainedRun run) throws Exception {
    TrainedRun unbroken = journey.trainedSwitch();
    assertThat(run.metrics().stream().map(StepMetrics::step))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, TinyJourney.STEPS).boxed().toList());
    assertThat(run.metricsWithoutTime()).isEqualTo(unbroken.metricsWithoutTime());
    assertThat(run.digests(TinyJourney.STEPS)).isEqualTo(unbroken.digests(TinyJourney.STEPS));
  }
}
