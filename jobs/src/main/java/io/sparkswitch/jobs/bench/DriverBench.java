package io.sparkswitch.jobs.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.loop.DriverTraffic;
import io.sparkswitch.jobs.loop.DriverTraffic.Step;
import io.sparkswitch.jobs.loop.ModelWorker;
import io.sparkswitch.jobs.loop.Plan;
import io.sparkswitch.jobs.loop.StepPlan;
import io.sparkswitch.jobs.loop.WorkerSpec;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the driver sends and receives in a training step, by the number of executors: as counted by
 * its exchange in a real step of a small Switch model, whose ranks are threads of this process.
 */
final class DriverBench implements GangPart {
  private static final VocabularySpec VOCABULARY = new VocabularySpec(2048, "d".repeat(64));
  private static final int STEPS = 2;

  private final List<Integer> executors;

  /**
   * @param executors sizes of the gangs, one after the other
   */
  DriverBench(List<Integer> executors) {
    this.executors = executors;
  }

  @Override
  public void run(ObjectNode results, Map<String, String> environment, Consumer<String> say)
      throws IOException {
    RunConfig config =
        ConfigLoader.load(
            Optional.empty(),
            List.of(
                "preset=nano-switch",
                "routing.group-sequences=2",
                "data.inputs-length=16",
                "data.row-group-segments=16",
                "data.shuffle-window-row-groups=2"));
    try (BenchRun run = BenchRun.create(config, VOCABULARY, 4 * config.training().batchSize())) {
      measure(run.spec(config), results, say);
    }
  }

  private void measure(WorkerSpec spec, ObjectNode results, Consumer<String> say)
      throws IOException {
    ObjectNode bytes = results.putObject("driverBytesPerStep");
    ObjectNode vectors = results.putObject("driverVectorBytesPerStep");
    ObjectNode planned = results.putObject("driverPlannedBytesPerStep");
    ObjectNode memory = results.putObject("driverPlannedBytesOutsideHeap");
    say.accept("executors | driver, bytes a step | gradients and parameters | orders and reports");
    for (int size : executors) {
      Step step = steps(spec, size).get(STEPS - 1);
      String name = Integer.toString(size);
      bytes.put(name, step.bytes());
      vectors.put(name, step.vectorBytes());
      Plan plan = Plan.of(spec.config(), VOCABULARY.rows(), size);
      // Sequences of any length: the driver sees none of their tokens.
      StepPlan stepPlan = new StepPlan(plan, 1, 1);
      planned.put(name, stepPlan.driverBytes());
      memory.put(name, stepPlan.memory().driver().outsideHeap());
      say.accept(
          String.format(
              Locale.ROOT,
              "%9d | %20d | %24d | %18d",
              size,
              step.bytes(),
              step.vectorBytes(),
              step.bytes() - step.vectorBytes()));
    }
    say.accept(
        "Gradients and parameters do not grow with executors; of orders and reports each executor has its own.");
  }

  private static List<Step> steps(WorkerSpec spec, int executors) throws IOException {
    try {
      return LoopbackGang.run(
          executors,
          new ModelWorker(spec),
          new DriverTraffic(spec, VOCABULARY.rows(), STEPS, () -> {}));
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("a gang of %d failed: %s".formatted(executors, e), e);
    }
  }
}
