package io.sparkswitch.jobs.report;

import io.sparkswitch.jobs.report.Series.Mark;
import io.sparkswitch.jobs.report.Series.Point;
import io.sparkswitch.jobs.track.LayerSummary;
import io.sparkswitch.jobs.track.StepMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Tokens dropped by layer over steps, and how the tokens spread over the experts. */
final class RoutingSection {
  /** Colours of the style sheet for layers of one stack; more layers share them. */
  private static final int LAYER_COLOURS = 6;

  private final List<Run> sparse;

  RoutingSection(RunFolder folder) {
    sparse =
        folder.runs().values().stream().filter(run -> !run.sparseIntervals().isEmpty()).toList();
  }

  void write(Html html) {
    html.open("section").element("h2", "Routing");
    if (sparse.isEmpty()) {
      html.element("p", "No training has reported sparse layers, so there is no routing to show.");
    }
    for (Run run : sparse) {
      dropped(html, run);
      usage(html, run);
    }
    html.close();
  }

  private void dropped(Html html, Run run) {
    List<StepMetrics> intervals = run.sparseIntervals();
    List<String> layers = LayerOrder.of(intervals);
    List<Series> series = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      String layer = layers.get(i);
      List<Point> points = new ArrayList<>();
      for (StepMetrics interval : intervals) {
        LayerSummary reported = interval.layers().get(layer);
        if (reported != null && Double.isFinite(reported.fractionTokensLeftBehind())) {
          points.add(new Point(interval.step(), reported.fractionTokensLeftBehind() * 100));
        }
      }
      series.add(new Series(style(layers, i), Mark.NONE, points));
    }
    double top =
        series.stream().flatMap(s -> s.points().stream()).mapToDouble(Point::y).max().orElse(0);
    double lastStep = intervals.get(intervals.size() - 1).step();
    html.element("h3", "Tokens dropped by layer: " + run.role().label());
    html.open("figure");
    legend(html, layers);
    new LineChart(
            "Share of tokens dropped in each sparse layer over training steps",
            "tokens dropped, % of the layer’s tokens",
            Scale.within(0, Math.max(1, lastStep), 6),
            Scale.covering(0, Math.max(0.5, top), 5),
            series)
        .write(html);
    html.element(
        "figcaption",
        "Tokens that overflowed their expert’s capacity and passed the layer by its residual"
            + " connection alone (fractionTokensLeftBehind), with the training capacity factor,"
            + " at each interval.");
    html.close();
  }

  private static void legend(Html html, List<String> layers) {
    html.open("ul", "class", "legend");
    for (int i = 0; i < layers.size(); i++) {
      html.open("li").open("svg", "viewBox", "0 0 34 12", "aria-hidden", "true");
      html.empty("path", "class", style(layers, i), "d", "M0 6H34");
      html.close().text(layers.get(i)).close();
    }
    html.close();
  }

  private void usage(Html html, Run run) {
    List<StepMetrics> intervals = run.sparseIntervals();
    StepMetrics last = intervals.get(intervals.size() - 1);
    double top =
        last.layers().values().stream()
            .flatMap(layer -> layer.expertUsage().stream())
            .mapToDouble(Double::doubleValue)
            .max()
            .orElse(0);
    html.element("h3", "Expert usage by layer: " + run.role().label());
    html.open("div", "class", "scroll").open("table", "class", "figures usage");
    html.open("thead").open("tr");
    html.element("th", "layer", "scope", "col");
    html.element("th", "share of tokens per expert", "scope", "col", "class", "strip");
    for (String heading :
        List.of("busiest ÷ mean", "experts unused", "tokens dropped", "router confidence")) {
      html.element("th", heading, "scope", "col");
    }
    html.close().close().open("tbody");
    for (String layer : LayerOrder.of(List.of(last))) {
      usageRow(html, layer, last.layers().get(layer), top);
    }
    html.close().close().close();
    html.element(
        "p",
        ("The interval that ends with step %,d. Bars: experts 0 to E − 1, all layers to one scale;"
                + " the dashed line is a perfectly even share.")
            .formatted(last.step()),
        "class",
        "note");
  }

  private static void usageRow(Html html, String name, LayerSummary layer, double top) {
    List<Double> usage = layer.expertUsage();
    ExpertBalance balance = ExpertBalance.of(usage);
    html.open("tr").element("th", name, "scope", "row").open("td", "class", "strip");
    if (usage.isEmpty() || top <= 0) {
      html.text(Numbers.MISSING);
    } else {
      UsageStrip.write(html, name, usage, top);
    }
    html.close();
    html.element("td", Numbers.ratio(balance.imbalance()));
    html.element(
        "td",
        usage.isEmpty() ? Numbers.MISSING : "%d of %d".formatted(balance.unused(), usage.size()));
    html.element("td", Numbers.share(OptionalDouble.of(layer.fractionTokensLeftBehind())));
    html.element("td", Numbers.ratio(OptionalDouble.of(layer.routerConfidence())));
    html.close();
  }

  private static String style(List<String> layers, int index) {
    boolean decoder = layers.get(index).startsWith("decoder");
    long before =
        layers.subList(0, index).stream()
            .filter(name -> name.startsWith("decoder") == decoder)
            .count();
    return "layer %s c%d".formatted(decoder ? "decoder" : "encoder", before % LAYER_COLOURS);
  }
}
