package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What executors in processes of their own learn is what one process learns, with dropout, jitter
 * and a capacity that binds.
 */
@Tag("long")
@ExtendWith(TinyJourney.Extension.class)
class LayoutIT {
  private static final int STEPS = 50;
  private static final int EXAMPLES = 64;

  private static TinyJourney journey;
  private static TrainedRun oneProcess;

  @BeforeAll
  static void trainInOneProcess(TinyJourney shared) throws Exception {
    journey = shared;
    oneProcess = inProcess("one-process", "float64", 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void inFloat64AnyNumberOfExecutorsLearnsWhatOneProcessDoesTo1e9(int executors) throws Exception {
    TrainedRun run = onExecutors("wide", executors, "float64");

    assertCapacityBinds(run);
    Difference difference = say("float64, %d executor(s)".formatted(executors), run, oneProcess);
    assertThat(difference.largest()).isLessThanOrEqualTo(1e-9);
  }

  /** Of three micro-batches two are in work at once where tokens travel. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void inMicroBatchesByTurnsTheyDoToo(int executors) throws Exception {
    String[] larger = {"--set", "training.batch-size=24", "--set", "training.micro-batches=3"};
    String alone = "whole";
    if (!Files.exists(journey.at(alone))) {
      journey.inProcess(pretrain(alone, "float64", "--set", "training.batch-size=24"));
    }
    String out = "parts-on-" + executors;
    journey.launch(executors, pretrain(out, "float64", larger));

    TrainedRun run = journey.run(out);
    assertCapacityBinds(run);
    String what = "float64, %d executor(s), 3 micro-batches".formatted(executors);
    Difference difference = say(what, run, journey.run(alone));
    assertThat(difference.largest()).isLessThanOrEqualTo(1e-9);
  }

  @Test
  void theSameLayoutTwiceIsBitEqual() throws Exception {
    for (String precision : List.of("float64", "float32")) {
      assertTwiceTheSame("whole", precision);
      assertTwiceTheSame(
          "by-turns",
          precision,
          "--set",
          "training.batch-size=24",
          "--set",
          "training.micro-batches=2");
    }
  }

  private static void assertTwiceTheSame(String name, String precision, String... more)
      throws Exception {
    TrainedRun first = onExecutors("%s-first-%s".formatted(name, precision), 3, precision, more);
    TrainedRun second = onExecutors("%s-second-%s".formatted(name, precision), 3, precision, more);

    assertThat(second.metricsWithoutTime()).isEqualTo(first.metricsWithoutTime());
    assertThat(second.digests(1)).isEqualTo(first.digests(1));
    assertThat(second.digests(STEPS)).isEqualTo(first.digests(STEPS));
  }

  /**
   * Where a second thread changes nothing at all in one process, as here, it is no measure:
   * rounding to float32 is.
   */
  @Test
  void inFloat32ExecutorsDifferByNoMoreThanTenTimesWhatRoundingOrASecondThreadDoes()
      throws Exception {
    TrainedRun one = inProcess("one-thread", "float32", 1);
    Difference threads = say("float32, two threads", inProcess("two-threads", "float32", 2), one);
    Difference rounding = say("float32, rounding", one, oneProcess);
    double losses = Math.max(threads.losses(), rounding.losses());
    double gradients = Math.max(threads.firstGradients(), rounding.firstGradients());
    double parameters = Math.max(threads.parameters(), rounding.parameters());
    for (int executors = 1; executors <= 4; executors++) {
      TrainedRun run = onExecutors("narrow", executors, "float32");
      assertCapacityBinds(run);
      Difference difference = say("float32, %d executor(s)".formatted(executors), run, one);
      assertThat(difference.losses())
          .as("losses of %d executor(s)", executors)
          .isLessThanOrEqualTo(10 * losses);
      assertThat(difference.firstGradients())
          .as("gradients of step 1 of %d executor(s)", executors)
          .isLessThanOrEqualTo(10 * gradients);
      assertThat(difference.parameters())
          .as("parameters of %d executor(s)", executors)
          .isLessThanOrEqualTo(10 * parameters);
    }
  }

  /** Examples of one to twenty words: rows of a batch are padded by different lengths. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void unequallyPaddedExamplesHaveTheSameGradients(int executors) throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < EXAMPLES; i++) {
      lines.add(
          "{\"inputs\": \"%s\", \"targets\": \"%s\"}"
              .formatted("the ball and a dog ".repeat(1 + i % 5), "red ".repeat(1 + i % 3)));
    }
    Files.write(journey.at("examples.jsonl"), lines);
    String alone = "padded-one-process";
    String out = "padded-on-" + executors;
    if (!Files.exists(journey.at(alone))) {
      journey.inProcess(finetune(alone));
    }
    journey.launch(executors, finetune(out));

    Difference difference = Difference.of(journey.run(out), journey.run(alone), 2);
    assertThat(difference.largest()).isLessThanOrEqualTo(1e-9);
  }

  private static List<String> finetune(String out) {
    return List.of(
        "finetune",
        "--from",
        journey.path("one-process"),
        "--vocab",
        journey.path("vocab"),
        "--examples",
        journey.path("examples.jsonl"),
        "--out",
        journey.path(out),
        "--config",
        journey.path("dense.conf"),
        "--set",
        "model.num-experts=4",
        "--set",
        "examples.inputs-length=40",
        "--set",
        "examples.targets-length=12",
        "--set",
        "training.precision=float64",
        "--set",
        "training.checkpoint-every=1",
        "--set",
        "training.steps=2");
  }

  private static TrainedRun inProcess(String out, String precision, int threads) {
    journey.inProcess(
        pretrain(out, precision, "--set", "training.threads-per-executor=" + threads));
    return journey.run(out);
  }

  private static TrainedRun onExecutors(
      String name, int executors, String precision, String... more) throws Exception {
    String out = "%s-on-%d".formatted(name, executors);
    journey.launch(executors, pretrain(out, precision, more));
    return journey.run(out);
  }

  private static List<String> pretrain(String out, String precision, String... more) {
    return TinyJourney.with(
        journey.pretrain(
            "switch",
            out,
            "--set",
            "training.steps=" + STEPS,
            "--set",
            "training.checkpoint-every=1",
            "--set",
            "training.micro-batches=1",
            "--set",
            "training.precision=" + precision),
        more);
  }

  private static void assertCapacityBinds(TrainedRun run) throws Exception {
    assertThat(run.metrics())
        .allMatch(step -> step.fractionTokensLeftBehind().orElseThrow() > 0, "capacity binds");
  }

  private static Difference say(String what, TrainedRun run, TrainedRun from) throws Exception {
    Difference d = Difference.of(run, from, STEPS);
    System.out.printf(
        Locale.ROOT,
        "%s: losses differ by %.1e, gradients of step 1 by %.1e, final parameters by %.1e%n",
        what,
        d.losses(),
        d.firstGradients(),
        d.parameters());
    return d;
  }
}
