package io.sparkswitch.jobs.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A linear axis with round ticks.
 *
 * @param step the distance between ticks: 1, 2 or 5 times a power of ten
 */
public record Scale(double from, double to, double step) {

  public Scale {
    if (!(to > from) || !(step > 0)) {
      throw new IllegalArgumentException("a scale from %s to %s by %s".formatted(from, to, step));
    }
  }

  /** Covers the range, widened to whole ticks, with about {@code ticks} of them. */
  public static Scale covering(double from, double to, int ticks) {
    Scale exact = within(from, to, ticks);
    return new Scale(
        Math.floor(exact.from / exact.step + 1e-9) * exact.step,
        Math.ceil(exact.to / exact.step - 1e-9) * exact.step,
        exact.step);
  }

  /** Ends exactly where the range does. */
  public static Scale within(double from, double to, int ticks) {
    double end = to > from ? to : from + Math.max(1e-3, Math.abs(from) * 0.1);
    double rough = (end - from) / ticks;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double lead = rough / power;
    double step = (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power;
    return new Scale(from, end, step);
  }

  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    long first = Math.round(Math.ceil(from / step - 1e-9));
    for (long i = first; i * step <= to + step * 1e-9; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  String label(double tick) {
    int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
    return String.format(Locale.ROOT, "%,." + decimals + "f", tick).replace('-', '−');
  }

  /** Where a value lies, 0 at {@code from} and 1 at {@code to}. */
  double position(double value) {
    return (value - from) / (to - from);
  }
}
