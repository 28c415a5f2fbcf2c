package io.sparkswitch.jobs.report;

import java.util.List;
import java.util.OptionalDouble;

/** One bar an expert, as wide as its cell. */
final class UsageStrip {
  private static final int SLOT = 10;
  private static final int HEIGHT = 40;

  private UsageStrip() {}

  /**
   * @param usage share of tokens, {@code [experts]}
   * @param top the share that reaches the strip's upper edge, above 0
   */
  static void write(Html html, String layer, List<Double> usage, double top) {
    int width = usage.size() * SLOT;
    html.open(
        "svg",
        "viewBox",
        "0 0 %d %d".formatted(width, HEIGHT),
        "preserveAspectRatio",
        "none",
        "role",
        "img",
        "aria-label",
        "Usage of the %d experts of %s".formatted(usage.size(), layer));
    for (int expert = 0; expert < usage.size(); expert++) {
      double height = usage.get(expert) / top * HEIGHT;
      html.open(
          "rect",
          "x",
          LineChart.unit(expert * (double) SLOT + 0.75),
          "y",
          LineChart.unit(HEIGHT - height),
          "width",
          LineChart.unit(SLOT - 1.5),
          "height",
          LineChart.unit(height));
      html.element(
          "title",
          "expert %d: %s of the tokens"
              .formatted(expert, Numbers.share(OptionalDouble.of(usage.get(expert)))));
      html.close();
    }
    String even = LineChart.unit(HEIGHT - HEIGHT / (usage.size() * top));
    html.empty("path", "class", "even", "d", "M0 %sH%d".formatted(even, width));
    html.close();
  }
}
