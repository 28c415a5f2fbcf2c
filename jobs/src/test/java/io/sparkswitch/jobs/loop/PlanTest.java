package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.Presets;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.loop.StepTime.Rates;
import io.sparkswitch.model.exchange.Direction;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlanTest {
  /** Of a vocabulary of 4,096 pieces. */
  private static final int ROWS = 4_224;

  private static final int EMBED = 128;
  private static final int ATTENTION = 4 * EMBED * EMBED;
  private static final int FEED_FORWARD = 2 * EMBED * 512;

  @Test
  void nanoHasAsManyParametersAsCountedByHand() {
    int encoder = 2 * (ATTENTION + FEED_FORWARD + 2 * EMBED) + EMBED + 32 * 4;
    int decoder = 2 * (2 * ATTENTION + FEED_FORWARD + 3 * EMBED) + EMBED + 32 * 4;

    Plan plan = Plan.of(config("preset=nano"), ROWS, 2);

    assertThat(plan.denseParameters()).isEqualTo(ROWS * EMBED + encoder + decoder);
    assertThat(plan.denseParameters()).isEqualTo(1_459_968);
    assertThat(plan.expertParameters()).isZero();
    assertThat(plan.parameters()).isEqualTo(1_459_968);
    StepWireSummary wire = wire(plan);
    assertThat(wire.driver().sent(Direction.FROM_DRIVER).bytes()).isEqualTo(4 * 1_459_968);
    assertThat(StepWireSummary.denseSent(wire.balanced())).isEqualTo(6 * 1_459_968);
    assertThat(StepWireSummary.tokensSent(wire.balanced())).isZero();
  }

  @Test
  void expertsReplaceOneFeedForwardOfEachStackAndAreSpreadOverExecutors() {
    int dense = 1_459_968 - 2 * FEED_FORWARD + 2 * EMBED * 8;

    Plan plan = Plan.of(config("preset=nano-switch", "routing.group-sequences=2"), ROWS, 3);

    assertThat(plan.denseParameters()).isEqualTo(dense);
    assertThat(plan.expertParameters()).isEqualTo(2 * 8 * FEED_FORWARD);
    assertThat(plan.expertParametersPerExecutor()).as("3 of 8").isEqualTo(2 * 3 * FEED_FORWARD);
  }

  @Test
  void tokensTravelFourTimesAndOnlyToOtherExecutors() {
    RunConfig config = config("preset=nano-switch");

    assertThat(StepWireSummary.tokensSent(wire(Plan.of(config, ROWS, 1)).balanced())).isZero();
    assertThat(StepWireSummary.tokensSent(wire(Plan.of(config, ROWS, 2)).balanced()))
        .isEqualTo(4 * ((128 + 29) * 16 / 2 / 2) * EMBED * Float.BYTES + 2 * 4 * Integer.BYTES);
  }

  @Test
  void thePlanIsSaidInSentencesWithItsNumbers() {
    assertThat(Plan.of(config("preset=nano"), ROWS, 2).sentences(128, 29))
        .anyMatch(line -> line.startsWith("Model: 1,459,968 parameters"))
        .anyMatch(line -> line.startsWith("Batch: 16 sequences of 128 + 29 tokens, 2 routing"))
        .anyMatch(line -> line.contains("spark.executor.memoryOverhead"));
  }

  @Test
  void largeNumbersAreSaidInWords() {
    assertThat(Plan.of(config("preset=switch-base-128"), 32_128, 16).sentences(512, 114))
        .anyMatch(
            line ->
                line.equals(
                    "Model: 7.42 billion parameters: 167 million dense (at the driver and on every"
                        + " executor), 7.25 billion in 128 experts (at most 453 million on one"
                        + " executor); a token meets 224 million."))
        .anyMatch(line -> line.endsWith("by the paper's count 123 billion a sequence."));
  }

  @Test
  void everyPresetIsPlannedWithoutAllocatingAnything() {
    for (String name : Presets.names()) {
      Plan plan = Plan.of(config("preset=" + name), 32_128, 2);
      assertThat(plan.parameters()).as(name).isGreaterThan(1_000_000);
      assertThat(plan.memory().executor()).as(name).isGreaterThan(8 * plan.denseParameters());
      assertThat(plan.sentences(512, 114)).as(name).hasSize(5);
    }
  }

  @Test
  void aStepOfEveryPresetIsPlannedOnAnyNumberOfExecutors() {
    for (String name : Presets.names()) {
      RunConfig config = config("preset=" + name, "routing.group-sequences=1");
      int experts = Math.max(1, config.model().numExperts());
      for (int executors : new int[] {1, Math.min(7, experts), Math.min(128, experts)}) {
        Plan plan = Plan.of(config, 32_128, executors);
        StepPlan step = new StepPlan(plan, 512, 114);
        String what = name + " on " + executors;
        assertThat(step.sentences()).as(what).noneMatch(line -> line.contains(" -"));
        assertThat(step.memory().executor().outsideHeap())
            .as(what)
            .isGreaterThan(8 * (plan.denseParameters() + plan.expertParametersPerExecutor()));
        assertThat(step.training(step.flops()))
            .as(what)
            .isGreaterThan(6L * config.training().batchSize() * 114 * plan.denseParameters() / 4);
        assertThat(step.wire().driver().sent(Direction.FROM_DRIVER).bytes())
            .as(what)
            .isEqualTo(4 * plan.denseParameters());
      }
    }
  }

  @Test
  void timeFollowsFromGivenRates() {
    StepPlan step = new StepPlan(Plan.of(config("preset=nano"), ROWS, 2), 128, 29);
    long flops = step.training(step.flops()) / 2;
    // Orders are longer than reports.
    long bytes = step.wire().driver().sent().framed();

    StepTime time = step.time(new Rates(50, 0.25));

    assertThat(time.computation()).isCloseTo(flops / 50e9, withinPercentage(1e-6));
    assertThat(time.driverWire()).isCloseTo(bytes / 0.25e9, withinPercentage(1e-6));
    assertThat(time.total())
        .isCloseTo(
            time.computation() + time.executorWire() + time.driverWire(), withinPercentage(1e-6));
  }

  @Test
  void microBatchesInFlightTakeTheActivationsAndRoutingOfEach() {
    StepMemory.Member one = executor(2, 1, "preset=nano-switch");
    StepMemory.Member two = executor(2, 2, "preset=nano-switch");

    assertThat(two.activations()).isPositive().isEqualTo(2 * one.activations());
    assertThat(two.heap()).isGreaterThan(one.heap());
    assertThat(executor(2, 3, "preset=nano-switch").activations())
        .isEqualTo(executor(2, 4, "preset=nano-switch").activations())
        .isEqualTo(3 * one.activations());
    assertThat(two.held()).isEqualTo(one.held());
    assertThat(executor(1, 2, "preset=nano-switch"))
        .isEqualTo(executor(1, 1, "preset=nano-switch"));
    assertThat(executor(2, 2, "preset=nano")).isEqualTo(executor(2, 1, "preset=nano"));
  }

  private static StepMemory.Member executor(int executors, int inFlight, String preset) {
    RunConfig config =
        config(
            preset,
            "routing.group-sequences=1",
            "training.micro-batches=3",
            "training.micro-batches-in-flight=" + inFlight);
    return new StepPlan(Plan.of(config, ROWS, executors), 128, 29).memory().executor();
  }

  @Test
  void ofMoreExecutorsThanExpertsSomeHostNone() {
    Plan plan = Plan.of(config("preset=nano-switch", "routing.group-sequences=1"), ROWS, 9);

    assertThat(IntStream.range(0, 9).map(plan::expertsOf))
        .containsExactly(0, 1, 1, 1, 1, 1, 1, 1, 1);
    assertThat(plan.expertParametersPerExecutor()).isEqualTo(plan.expertParameters() / 8);
  }

  @Test
  void fewerGroupsThanExecutorsOrMicroBatchesAreRefused() {
    assertThatThrownBy(() -> Plan.of(config("preset=nano"), ROWS, 3).requireGroups())
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("training.batch-size = 16 in routing groups of 8 is 2 groups")
        .hasMessageContaining("too few for 3 executors with 1 micro-batches")
        .hasMessageContaining("lower routing.group-sequences or the number of executors");
    assertThatThrownBy(
            () ->
                Plan.of(config("preset=nano", "training.micro-batches=2"), ROWS, 2).requireGroups())
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("2 executors with 2 micro-batches");
    assertThatThrownBy(
            () ->
                Plan.of(config("preset=nano", "routing.group-sequences=0"), ROWS, 2)
                    .requireGroups())
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("routing groups of the whole batch is 1 groups");
  }

  private static RunConfig config(String... settings) {
    return ConfigLoader.load(Optional.empty(), List.copyOf(Stream.of(settings).toList()));
  }

  private static StepWireSummary wire(Plan plan) {
    return StepWireSummary.of(new StepPlan(plan, 128, 29));
  }
}
