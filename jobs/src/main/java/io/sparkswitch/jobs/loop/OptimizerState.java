package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.OptimizerName;
import io.sparkswitch.jobs.conf.OptimizerSettings;
import io.sparkswitch.model.tensor.ParameterSpec;
import java.util.List;

/** How much an optimizer remembers between steps. */
final class OptimizerState {
  private OptimizerState() {}

  /** Numbers that it remembers of these parameters. */
  static long numbers(List<ParameterSpec> specs, OptimizerSettings optimizer) {
    return specs.stream().mapToLong(spec -> numbers(spec, optimizer)).sum();
  }

  private static long numbers(ParameterSpec spec, OptimizerSettings optimizer) {
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
}
