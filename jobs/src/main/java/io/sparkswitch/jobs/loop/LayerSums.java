package io.sparkswitch.jobs.loop;

import io.sparkswitch.model.moe.LayerMetrics;
import io.sparkswitch.model.moe.SparseLayer;
import java.util.ArrayList;
import java.util.List;

/**
 * What sparse layers did, as one vector of numbers that ranks can add up among themselves, so that
 * the driver gets it once and not from each. Counts are exact below 2^53.
 *
 * @param layers in the order of a pass
 */
record LayerSums(List<SparseLayer> layers) {
  /** Before the experts' tokens. */
  private static final int SCALARS = 5;

  /** Numbers of all layers. */
  int length() {
    return layers.stream().mapToInt(layer -> SCALARS + layer.experts()).reduce(0, Math::addExact);
  }

  /**
   * @param metrics of the same layers in the same order
   */
  double[] numbers(List<LayerMetrics> metrics) {
    List<String> names = metrics.stream().map(LayerMetrics::layer).toList();
    if (!names.equals(layers.stream().map(SparseLayer::name).toList())) {
      throw new IllegalArgumentException("metrics of %s, not of %s".formatted(names, layers));
    }
    double[] numbers = new double[length()];
    int next = 0;
    for (LayerMetrics layer : metrics) {
      numbers[next++] = layer.tokens();
      numbers[next++] = layer.dropped();
      numbers[next++] = layer.confidence();
      numbers[next++] = layer.auxiliaryLoss();
      numbers[next++] = layer.routerZLoss();
      for (long tokens : layer.expertTokens()) {
        numbers[next++] = tokens;
      }
    }
    return numbers;
  }

  /** The way back. */
  List<LayerMetrics> metrics(double[] numbers) {
    List<LayerMetrics> metrics = new ArrayList<>();
    int next = 0;
    for (SparseLayer layer : layers) {
      long[] experts = new long[layer.experts()];
      for (int e = 0; e < experts.length; e++) {
        experts[e] = (long) numbers[next + SCALARS + e];
      }
      metrics.add(
          new LayerMetrics(
              layer.name(),
              (long) numbers[next],
              (long) numbers[next + 1],
              numbers[next + 2],
              numbers[next + 3],
              numbers[next + 4],
              experts));
      next += SCALARS + experts.length;
    }
    return metrics;
  }
}
