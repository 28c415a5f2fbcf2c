package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far two trainings of the same model are apart, relative to one of them.
 *
 * @param losses the largest difference of the losses of a step
 * @param firstGradients the largest distance of the gradients of a parameter at step 1, before the
 *     optimizer, by their magnitudes
 * @param firstParameters the same of parameters after step 1, which the gradients' signs show in
 * @param parameters the same after the last step
 */
record Difference(double losses, double firstGradients, double firstParameters, double parameters) {

  /**
   * @param steps of both trainings, every one of them logged, the first and the last kept
   */
  static Difference of(TrainedRun run, TrainedRun from, int steps) throws IOException {
    return new Difference(
        ofLosses(run.losses(), from.losses(), steps),
        distance(run.firstGradients(), from.firstGradients()),
        distance(parameters(run, 1), parameters(from, 1)),
        distance(parameters(run, steps), parameters(from, steps)));
  }

  /** The largest of all. */
  double largest() {
    return Math.max(Math.max(losses, parameters), Math.max(firstGradients, firstParameters));
  }

  private static double ofLosses(List<Double> losses, List<Double> from, int steps) {
    assertThat(losses).hasSize(steps);
    assertThat(from).hasSize(steps);
    double largest = 0;
    for (int step = 0; step < steps; step++) {
      largest = larger(largest, Math.abs(losses.get(step) - from.get(step)) / from.get(step));
    }
    return largest;
  }

  private static Map<String, double[]> parameters(TrainedRun run, long step) throws IOException {
    Map<String, double[]> parameters = new TreeMap<>(run.exactTensors(step));
    parameters.keySet().removeIf(name -> name.startsWith("adafactor."));
    return parameters;
  }

  /** Of the tensor for which it is largest, in parts of its norm. */
  private static double distance(Map<String, double[]> tensors, Map<String, double[]> from) {
    assertThat(tensors.keySet()).isEqualTo(from.keySet());
    assertThat(tensors).as("tensors").hasSizeGreaterThan(20);
    assertThat(tensors.keySet()).anyMatch(name -> name.contains(".experts.expert_3."));
    double largest = 0;
    for (Map.Entry<String, double[]> tensor : tensors.entrySet()) {
      largest = larger(largest, distance(tensor.getValue(), from.get(tensor.getKey())));
    }
    return largest;
  }

  private static double distance(double[] values, double[] from) {
    assertThat(values).hasSameSizeAs(from);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < values.length; i++) {
      difference += (values[i] - from[i]) * (values[i] - from[i]);
      norm += from[i] * from[i];
    }
    return difference == 0 ? 0 : Math.sqrt(difference / norm);
  }

  private static double larger(double largest, double other) {
    assertThat(other).isFinite();
    return Math.max(largest, other);
  }
}
