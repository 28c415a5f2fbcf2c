package io.sparkswitch.jobs.loop;

import io.sparkswitch.model.exchange.Direction;
import java.util.List;
import java.util.Locale;

/**
 * A plan in words.
 *
 * @param plan what is told
 * @param inputs encoder tokens of a sequence
 * @param targets decoder tokens of a sequence
 */
record PlanSentences(Plan plan, int inputs, int targets) {

  List<String> all() {
    return List.of(model(), work(), batch(), wire(), memory());
  }

  /** All but what a step's own plan tells in more detail. */
  List<String> architecture() {
    return List.of(model(), work(), batch());
  }

  private String model() {
    String dense =
        text(
            "Model: %s parameters: %s dense (at the driver and on every executor)",
            Magnitude.of(plan.parameters()), Magnitude.of(plan.denseParameters()));
    if (plan.architecture().experts() == 0) {
      return dense + ".";
    }
    return dense
        + text(
            ", %s in %,d experts (at most %s on one executor); a token meets %s.",
            Magnitude.of(plan.expertParameters()),
            plan.architecture().experts(),
            Magnitude.of(plan.expertParametersPerExecutor()),
            Magnitude.of(plan.activeParameters()));
  }

  private String work() {
    return text(
        "Work: %s floating point operations a token forward, three times that in a training step; by the paper's count %s a sequence.",
        Magnitude.inWords(plan.flopsPerToken(inputs, targets)),
        Magnitude.inWords((double) plan.architecture().paperFlops(inputs, targets)));
  }

  private String batch() {
    int batch = plan.config().training().batchSize();
    return text(
        "Batch: %,d sequences of %d + %d tokens, %,d routing group(s), over %d executor(s), %d micro-batch(es) each; %,d steps.",
        batch,
        inputs,
        targets,
        plan.config().routing().groups(batch),
        plan.executors(),
        plan.config().training().microBatches(),
        plan.config().training().steps());
  }

  private String wire() {
    StepWireSummary step = StepWireSummary.of(new StepPlan(plan, inputs, targets));
    return text(
        "Wire, a step: each executor sends %s of gradients and parameters and, if routing is balanced, %s of tokens; the driver sends and receives %s, whatever the number of executors.",
        Magnitude.ofBytes(StepWireSummary.denseSent(step.balanced())),
        Magnitude.ofBytes(StepWireSummary.tokensSent(step.balanced())),
        Magnitude.ofBytes(step.driver().sent(Direction.FROM_DRIVER).bytes()));
  }

  private String memory() {
    ParameterMemory memory = plan.memory();
    return text(
        "Native memory, outside the heap, for values, gradients, optimizer state and its copy while a checkpoint is written: driver %s, executor %s and its activations, and about 300 MiB of libraries each; spark.executor.memoryOverhead must hold it.",
        Magnitude.ofBytes(memory.driver()), Magnitude.ofBytes(memory.executor()));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
