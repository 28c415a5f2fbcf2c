package io.sparkswitch.jobs.report;

import io.sparkswitch.jobs.track.StepMetrics;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Layers as a reader looks for them: encoder first, {@code encoder.3} before {@code encoder.11}.
 */
final class LayerOrder {
  static final Comparator<String> BY_STACK_AND_NUMBER =
      Comparator.comparing((String name) -> !name.startsWith("encoder"))
          .thenComparingInt(LayerOrder::number)
          .thenComparing(Comparator.naturalOrder());

  private LayerOrder() {}

  /** The layers that reported in any of the intervals. */
  static List<String> of(List<StepMetrics> intervals) {
    TreeSet<String> names = new TreeSet<>(BY_STACK_AND_NUMBER);
    intervals.forEach(interval -> names.addAll(interval.layers().keySet()));
    return List.copyOf(names);
  }

  private static int number(String name) {
    String digits = name.replaceAll("\\D", "");
    return digits.isEmpty() || digits.length() > 6 ? 0 : Integer.parseInt(digits);
  }
}
