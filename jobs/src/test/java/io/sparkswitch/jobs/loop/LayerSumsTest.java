package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.model.moe.LayerMetrics;
import io.sparkswitch.model.moe.SparseLayer;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerSumsTest {
  private static final LayerSums SUMS =
      new LayerSums(
          List.of(
              new SparseLayer("encoder.1", 2, 8, 8, 64),
              new SparseLayer("decoder.1.query", 3, 8, 4, 32)));
  private static final List<LayerMetrics> METRICS =
      List.of(
          new LayerMetrics("encoder.1", 100, 5, 40.5, 1.25, 3.5, new long[] {70, 30}),
          new LayerMetrics("decoder.1.query", 9, 0, 0.125, 1, 0, new long[] {1, 0, 8}));

  @Test
  void everythingComesBack() {
    double[] numbers = SUMS.numbers(METRICS);

    assertThat(numbers).hasSize(SUMS.length()).hasSize(2 * 5 + 5);
    assertThat(SUMS.metrics(numbers)).usingRecursiveComparison().isEqualTo(METRICS);
  }

  @Test
  void addedNumbersAreAddedMetrics() {
    double[] twice = SUMS.numbers(METRICS);
    for (int i = 0; i < twice.length; i++) {
      twice[i] *= 2;
    }
    assertThat(SUMS.metrics(twice))
        .usingRecursiveComparison()
        .isEqualTo(METRICS.stream().map(layer -> layer.plus(layer)).toList());
  }
}
