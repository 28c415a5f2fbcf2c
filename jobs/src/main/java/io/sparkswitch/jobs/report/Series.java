package io.sparkswitch.jobs.report;

import java.util.ArrayList;
import java.util.List;

/**
 * One curve.
 *
 * @param title what a pointer over the curve is told; empty for nothing
 * @param style classes of the style sheet, which give colour, width and dashes
 * @param points by rising x
 */
public record Series(String title, String style, Mark mark, List<Point> points) {

  public record Point(double x, double y) {}

  /** The shape at each point, so that curves differ without colour; NONE draws a line. */
  public enum Mark {
    NONE,
    CIRCLE,
    SQUARE,
    TRIANGLE,
    DIAMOND;

    /** Path data of the shape around a centre, about 8 units wide. */
    String path(double x, double y) {
      return switch (this) {
        case NONE -> "";
        case CIRCLE ->
            "M%s %sa3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0 -6.8 0z"
                .formatted(LineChart.unit(x - 3.4), LineChart.unit(y));
        case SQUARE -> "M%s %sh6v6h-6z".formatted(LineChart.unit(x - 3), LineChart.unit(y - 3));
        case TRIANGLE -> "M%s %sl4 7h-8z".formatted(LineChart.unit(x), LineChart.unit(y - 4.4));
        case DIAMOND ->
            "M%s %sl4.2 4.2l-4.2 4.2l-4.2 -4.2z"
                .formatted(LineChart.unit(x), LineChart.unit(y - 4.2));
      };
    }
  }

  public Series {
    points = List.copyOf(points);
  }

  /** Without a title. */
  Series(String style, Mark mark, List<Point> points) {
    this("", style, mark, points);
  }

  /** Without what lies above a ceiling; a line is cut where it crosses. */
  public Series below(double ceiling) {
    List<Point> kept = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      boolean inside = point.y() <= ceiling;
      if (i > 0 && mark == Mark.NONE && inside != points.get(i - 1).y() <= ceiling) {
        Point before = points.get(i - 1);
        double part = (ceiling - before.y()) / (point.y() - before.y());
        kept.add(new Point(before.x() + part * (point.x() - before.x()), ceiling));
      }
      if (inside) {
        kept.add(point);
      }
    }
    return new Series(title, style, mark, kept);
  }
}
