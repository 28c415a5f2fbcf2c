package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.OptimizerName;
import io.sparkswitch.jobs.conf.OptimizerSettings;
import io.sparkswitch.model.t5.T5Parameters;
import io.sparkswitch.model.tensor.ParameterSpec;
import java.util.List;

/**
 * Native memory that parameters take in training, in bytes: what is computed on the way comes on
 * top.
 *
 * @param driver values and gradients of the dense parameters, their optimizer's state, the
 *     gradients while they arrive, and a copy of values and state while a checkpoint is written
 * @param executor values and gradients of the dense parameters and new values while they arrive;
 *     values, gradients and optimizer state of the experts of the executor that has the most, and a
 *     copy of values and state while a checkpoint is written
 */
public record ParameterMemory(long driver, long executor) {
  private static final double MIB = 1 << 20;

  static ParameterMemory of(Plan plan) {
    OptimizerSettings optimizer = plan.config().optimizer();
    long dense = plan.denseParameters();
    long experts = plan.expertParametersPerExecutor();
    long expertState = 0;
    if (experts > 0) {
      // All experts have the same shapes.
      List<ParameterSpec> one = T5Parameters.experts(plan.architecture(), 0, 1);
      expertState = plan.expertsPerExecutor() * state(one, optimizer);
    }
    long denseState = state(T5Parameters.dense(plan.architecture()), optimizer);
    long number = plan.parameterBytes();
    return new ParameterMemory(
        number * (4 * dense + 2 * denseState),
        number * (3 * dense + 3 * experts + 2 * expertState));
  }

  /** Numbers that the optimizer remembers of these parameters. */
  static long state(List<ParameterSpec> specs, OptimizerSettings optimizer) {
    return specs.stream().mapToLong(spec -> state(spec, optimizer)).sum();
  }

  private static long state(ParameterSpec spec, OptimizerSettings optimizer) {
    long moments = optimizer.momentsPerParameter() * spec.size();
    return optimizer.name() == OptimizerName.ADAFACTOR
        ? moments + secondMoment(spec.shape(), optimizer.factoredFrom())
        : moments;
  }

  /** Adafactor's: a row and a column of a large matrix, else as many as the parameter has. */
  private static long secondMoment(long[] shape, int factoredFrom) {
    if (shape.length == 1) {
      return shape[0];
    }
    boolean factored = shape[0] >= factoredFrom && shape[1] >= factoredFrom;
    return factored ? shape[0] + shape[1] : shape[0] * shape[1];
  }

  public double driverMebibytes() {
    return driver / MIB;
  }

  public double executorMebibytes() {
    return executor / MIB;
  }
}
