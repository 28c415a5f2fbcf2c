package io.sparkswitch.jobs.study.result;

import io.sparkswitch.jobs.report.LineChart;
import io.sparkswitch.jobs.report.LineChart.Axis;
import io.sparkswitch.jobs.report.Scale;
import io.sparkswitch.jobs.report.Series;
import io.sparkswitch.jobs.report.Series.Mark;
import io.sparkswitch.jobs.report.Series.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Validation loss of all rows in the course of training, a curve each: the mean over seeds. */
public final class OutcomeCharts {
  /** A training's first part falls so steeply that it would flatten all that follows. */
  private static final double STEEP_PART = 0.5;

  /** Colours there are; further rows are dashed. */
  private static final int COLOURS = 6;

  private static final int TICKS = 6;

  private final List<Row> rows;

  public OutcomeCharts(StudyOutcome outcome) {
    this.rows = outcome.rows();
  }

  /** Empty while nothing was evaluated in the course of its training. */
  public Optional<LineChart> byStep() {
    return chart("training step", CurvePoint::step);
  }

  /** Empty while nothing was evaluated in the course of its training. */
  public Optional<LineChart> byTime() {
    return chart("training time, seconds", CurvePoint::seconds);
  }

  /** Classes of a row's curve. */
  static String style(int row) {
    return "curve c%d%s".formatted(row % COLOURS, row < COLOURS ? "" : " dashed");
  }

  private Optional<LineChart> chart(String label, ToDoubleFunction<CurvePoint> x) {
    List<CurvePoint> all = rows.stream().flatMap(row -> row.curve().stream()).toList();
    if (all.isEmpty()) {
      return Optional.empty();
    }
    double last = all.stream().mapToDouble(x).max().orElseThrow();
    double floor = all.stream().mapToDouble(CurvePoint::validationLoss).min().orElseThrow();
    double ceiling =
        all.stream()
            .filter(point -> x.applyAsDouble(point) > last * STEEP_PART)
            .mapToDouble(CurvePoint::validationLoss)
            .max()
            .orElseThrow();
    Scale y = Scale.covering(floor, ceiling, TICKS);
    List<Series> series = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      List<Point> points =
          row.curve().stream()
              .map(point -> new Point(x.applyAsDouble(point), point.validationLoss()))
              .toList();
      series.add(new Series(title(row), style(i), Mark.NONE, points).below(y.to()));
    }
    return Optional.of(
        new LineChart(
            "Validation loss over %s of %s"
                .formatted(
                    label, String.join(", ", rows.stream().map(r -> r.variant().label()).toList())),
            new Axis(label, Scale.within(0, last, TICKS)),
            new Axis("validation loss, nats per target token", y),
            series));
  }

  private static String title(Row row) {
    if (row.curve().isEmpty()) {
      return row.variant().label();
    }
    CurvePoint end = row.curve().get(row.curve().size() - 1);
    return String.format(
        Locale.ROOT,
        "%s: %.4f at step %d, %.0f s",
        row.variant().label(),
        end.validationLoss(),
        end.step(),
        end.seconds());
  }
}
