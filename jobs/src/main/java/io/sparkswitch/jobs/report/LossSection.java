package io.sparkswitch.jobs.report;

import io.sparkswitch.jobs.report.Series.Mark;
import io.sparkswitch.jobs.report.Series.Point;
import io.sparkswitch.jobs.track.StepMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/** Training and validation loss of all trainings in one chart. */
final class LossSection {
  /** The first tenth of a training falls so steeply that it would flatten all that follows. */
  private static final double STEEP_PART = 0.1;

  private final List<Run> runs;

  LossSection(RunFolder folder) {
    runs = folder.runs().values().stream().filter(LossSection::hasLoss).toList();
  }

  void write(Html html) {
    html.open("section").element("h2", "Loss");
    if (runs.isEmpty()) {
      html.element("p", "No training has reported a loss, so there are no curves to draw.");
    } else {
      chart(html);
    }
    html.close();
  }

  private void chart(Html html) {
    double lastStep = allPoints().stream().mapToDouble(Point::x).max().orElse(1);
    double ceiling = ceiling(lastStep);
    double floor = allPoints().stream().mapToDouble(Point::y).min().orElse(0);
    Scale y = Scale.covering(floor, ceiling, 6);
    List<Series> series = new ArrayList<>();
    for (Run run : runs) {
      series.add(
          new Series(
                  "training " + run.role().folder(), Mark.NONE, points(run, LossSection::training))
              .below(y.to()));
    }
    for (Run run : runs) {
      series.add(
          new Series(
                  "validation " + run.role().folder(),
                  mark(run.role()),
                  points(run, StepMetrics::validationLoss))
              .below(y.to()));
    }
    html.open("figure");
    legend(html);
    new LineChart(
            "Training and validation loss over training steps for "
                + String.join(", ", runs.stream().map(run -> run.role().label()).toList()),
            "loss, nats per target token",
            Scale.within(0, lastStep, 6),
            y,
            series)
        .write(html);
    html.element("figcaption", caption(y.to()));
    html.close();
  }

  private String caption(double top) {
    boolean cut = allPoints().stream().anyMatch(point -> point.y() > top);
    return "Lines: training loss, the mean over each interval. Marks: validation loss. Cross-entropy"
        + " alone, without auxiliary terms; lower is better."
        + (cut ? " The first steps lie above the frame." : "");
  }

  private void legend(Html html) {
    html.open("ul", "class", "legend");
    for (Run run : runs) {
      String style = run.role().folder();
      html.open("li").open("svg", "viewBox", "0 0 34 12", "aria-hidden", "true");
      html.empty("path", "class", "training " + style, "d", "M0 6H34");
      html.empty("path", "class", "validation " + style, "d", mark(run.role()).path(17, 6));
      html.close().text(run.role().label()).close();
    }
    html.close();
  }

  private double ceiling(double lastStep) {
    List<Point> all = allPoints();
    double settled =
        all.stream()
            .filter(point -> point.x() > lastStep * STEEP_PART)
            .mapToDouble(Point::y)
            .max()
            .orElse(Double.NEGATIVE_INFINITY);
    return Double.isFinite(settled) ? settled : all.stream().mapToDouble(Point::y).max().orElse(1);
  }

  private List<Point> allPoints() {
    List<Point> all = new ArrayList<>();
    for (Run run : runs) {
      all.addAll(points(run, LossSection::training));
      all.addAll(points(run, StepMetrics::validationLoss));
    }
    return all;
  }

  private static boolean hasLoss(Run run) {
    return !points(run, LossSection::training).isEmpty()
        || !points(run, StepMetrics::validationLoss).isEmpty();
  }

  private static OptionalDouble training(StepMetrics interval) {
    return OptionalDouble.of(interval.loss());
  }

  private static List<Point> points(Run run, Function<StepMetrics, OptionalDouble> figure) {
    List<Point> points = new ArrayList<>();
    for (StepMetrics interval : run.intervals()) {
      OptionalDouble y = figure.apply(interval);
      if (Double.isFinite(y.orElse(Double.NaN))) {
        points.add(new Point(interval.step(), y.getAsDouble()));
      }
    }
    return points;
  }

  private static Mark mark(Role role) {
    return switch (role) {
      case DENSE -> Mark.CIRCLE;
      case SWITCH -> Mark.SQUARE;
      case STUDENT -> Mark.TRIANGLE;
      case INITIALISATION_ONLY -> Mark.DIAMOND;
    };
  }
}
