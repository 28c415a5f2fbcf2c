package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.OptimizerSettings;
import io.sparkswitch.model.optim.Optimizer;
import io.sparkswitch.model.t5.T5Parameters;
import io.sparkswitch.model.tensor.ParameterSpec;
import java.util.List;

/**
 * Bytes of native memory that a member holds from its start, or first checkpoint, to its end:
 * exactly its tensors.
 *
 * @param values of parameters
 * @param gradients of them
 * @param optimizerState of those that it updates
 * @param scratch of its optimizer
 * @param snapshot copies of the values and state that it writes to checkpoints, while training goes
 *     on
 */
record HeldMemory(long values, long gradients, long optimizerState, long scratch, long snapshot) {
  static HeldMemory ofDriver(Plan plan) {
    List<ParameterSpec> specs = T5Parameters.dense(plan.architecture());
    long number = plan.parameterBytes();
    long dense = number * plan.denseParameters();
    long state = number * OptimizerState.numbers(specs, plan.config().optimizer());
    return new HeldMemory(dense, dense, state, number * Optimizer.scratch(specs), dense + state);
  }

  static HeldMemory ofExecutor(Plan plan, int rank) {
    OptimizerSettings optimizer = plan.config().optimizer();
    // All experts have the same shapes.
    List<ParameterSpec> one =
        T5Parameters.experts(plan.architecture(), 0, Math.min(1, plan.architecture().experts()));
    long experts = plan.expertsOf(rank);
    long number = plan.parameterBytes();
    long values = number * experts * plan.architecture().parameterCounts().oneExpert();
    long state = number * experts * OptimizerState.numbers(one, optimizer);
    long dense = number * plan.denseParameters();
    return new HeldMemory(
        dense + values, dense + values, state, number * Optimizer.scratch(one), values + state);
  }

  long sum() {
    return values + gradients + optimizerState + scratch + snapshot;
  }
}
