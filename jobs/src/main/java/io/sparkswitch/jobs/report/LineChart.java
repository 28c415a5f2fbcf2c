package io.sparkswitch.jobs.report;

import io.sparkswitch.jobs.report.Series.Mark;
import io.sparkswitch.jobs.report.Series.Point;
import java.util.List;
import java.util.Locale;

/**
 * Curves as SVG. In a page it is drawn twice, for a wide screen and for a phone, and the style
 * sheet shows one of them, so that labels keep their size on both.
 *
 * @param description what a reader who cannot see the chart is told
 */
public record LineChart(String description, Axis x, Axis y, List<Series> series) {

  /**
   * One side of the frame.
   *
   * @param label the quantity with its unit
   */
  public record Axis(String label, Scale scale) {}

  /** Curves over training steps. */
  LineChart(String description, String yLabel, Scale x, Scale y, List<Series> series) {
    this(description, new Axis("training step", x), new Axis(yLabel, y), series);
  }

  private enum Size {
    WIDE("wide", 880, 400),
    NARROW("narrow", 380, 320);

    private final String style;
    private final int width;
    private final int height;

    Size(String style, int width, int height) {
      this.style = style;
      this.width = width;
      this.height = height;
    }
  }

  private static final int LEFT = 44;
  private static final int RIGHT = 24;
  private static final int TOP = 30;
  private static final int BOTTOM = 42;
  private static final int LEGEND_LINE = 18;

  /** Into a page. */
  public void write(Html html) {
    for (Size size : Size.values()) {
      html.open(
          "svg",
          "class",
          "chart " + size.style,
          "viewBox",
          "0 0 %d %d".formatted(size.width, size.height),
          "role",
          "img",
          "aria-label",
          description);
      draw(html, size);
      html.close();
    }
  }

  /**
   * As a file of its own, with a legend: the titles of its curves.
   *
   * @param styleSheet what its classes look like
   */
  public String standalone(String styleSheet) {
    Size size = Size.WIDE;
    int height = size.height + LEGEND_LINE * (series.size() + 1);
    Html svg = new Html();
    svg.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "class",
        "chart",
        "viewBox",
        "0 0 %d %d".formatted(size.width, height),
        "role",
        "img",
        "aria-label",
        description);
    svg.styleSheet(styleSheet);
    svg.empty("path", "class", "ground", "d", "M0 0h%dv%dh-%1$dz".formatted(size.width, height));
    draw(svg, size);
    legend(svg, size);
    return svg.close().finish();
  }

  private void legend(Html svg, Size size) {
    int y = size.height + LEGEND_LINE;
    for (Series curve : series) {
      svg.empty("path", "class", curve.style(), "d", "M%d %dh28".formatted(LEFT, y - 4));
      label(svg, curve.title(), unit(LEFT + 36), unit(y), "start");
      y += LEGEND_LINE;
    }
  }

  private void draw(Html html, Size size) {
    axes(html, size);
    series.forEach(curve -> curve(html, size, curve));
  }

  private void axes(Html html, Size size) {
    String right = unit(size.width - RIGHT);
    for (double tick : y.scale().ticks()) {
      String at = unit(pixelY(size, tick));
      html.empty("path", "class", "grid", "d", "M%d %sH%s".formatted(LEFT, at, right));
      String baseline = unit(pixelY(size, tick) + 4);
      label(html, y.scale().label(tick), unit(LEFT - 8), baseline, "end");
    }
    int bottom = size.height - BOTTOM;
    html.empty("path", "class", "axis", "d", "M%d %dH%s".formatted(LEFT, bottom, right));
    for (double tick : x.scale().ticks()) {
      String at = unit(pixelX(size, tick));
      html.empty("path", "class", "axis", "d", "M%s %dv5".formatted(at, bottom));
      label(html, x.scale().label(tick), at, unit(bottom + 19), "middle");
    }
    label(html, y.label(), "2", "14", "start");
    label(html, x.label(), right, unit(size.height - 5), "end");
  }

  private void curve(Html html, Size size, Series curve) {
    if (curve.points().isEmpty()) {
      return;
    }
    StringBuilder path = new StringBuilder();
    for (Point point : curve.points()) {
      double px = pixelX(size, point.x());
      double py = pixelY(size, point.y());
      if (curve.mark() == Mark.NONE) {
        path.append(path.isEmpty() ? "M" : "L").append(unit(px)).append(' ').append(unit(py));
      } else {
        path.append(curve.mark().path(px, py));
      }
    }
    if (curve.title().isEmpty()) {
      html.empty("path", "class", curve.style(), "d", path.toString());
    } else {
      html.open("path", "class", curve.style(), "d", path.toString());
      html.element("title", curve.title()).close();
    }
  }

  private static void label(Html html, String text, String x, String y, String anchor) {
    html.element("text", text, "x", x, "y", y, "text-anchor", anchor);
  }

  private double pixelX(Size size, double value) {
    return LEFT + x.scale().position(value) * (size.width - LEFT - RIGHT);
  }

  private double pixelY(Size size, double value) {
    return size.height - BOTTOM - y.scale().position(value) * (size.height - TOP - BOTTOM);
  }

  /** A length in SVG units, to a tenth. */
  static String unit(double length) {
    String text = String.format(Locale.ROOT, "%.1f", length);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
