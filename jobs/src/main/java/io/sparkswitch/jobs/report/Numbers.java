package io.sparkswitch.jobs.report;

import java.util.Locale;
import java.util.OptionalDouble;

/** Figures as a reader wants them; a missing one is a dash. */
public final class Numbers {
  public static final String MISSING = "–";

  private Numbers() {}

  /** Three decimals: the noise between seeds is in the second. */
  public static String nats(OptionalDouble nats) {
    return shown(nats) ? format("%.3f", nats.getAsDouble()) : MISSING;
  }

  public static String signedNats(OptionalDouble nats) {
    return shown(nats) ? format("%+.3f", nats.getAsDouble()) : MISSING;
  }

  /** Four decimals, for means over seeds. */
  public static String finerNats(OptionalDouble nats) {
    return shown(nats) ? format("%.4f", nats.getAsDouble()) : MISSING;
  }

  public static String finerSignedNats(OptionalDouble nats) {
    return shown(nats) ? format("%+.4f", nats.getAsDouble()) : MISSING;
  }

  public static String count(OptionalDouble count) {
    return shown(count) ? format("%,.0f", count.getAsDouble()) : MISSING;
  }

  /** Three significant digits with a unit prefix: 2.92 M. */
  public static String magnitude(OptionalDouble value) {
    if (!shown(value)) {
      return MISSING;
    }
    double scaled = value.getAsDouble();
    String[] prefixes = {"", " k", " M", " G", " T", " P"};
    int prefix = 0;
    while (Math.abs(scaled) >= 999.5 && prefix < prefixes.length - 1) {
      scaled /= 1000;
      prefix++;
    }
    int decimals = Math.abs(scaled) >= 99.95 || prefix == 0 ? 0 : Math.abs(scaled) >= 9.995 ? 1 : 2;
    return format("%." + decimals + "f", scaled) + prefixes[prefix];
  }

  /** A share in [0, 1] as per cent. */
  public static String share(OptionalDouble share) {
    if (!shown(share)) {
      return MISSING;
    }
    double percent = share.getAsDouble() * 100;
    return format(percent == 0 || Math.abs(percent) >= 10 ? "%.0f %%" : "%.2f %%", percent);
  }

  public static String ratio(OptionalDouble ratio) {
    return shown(ratio) ? format("%.2f", ratio.getAsDouble()) : MISSING;
  }

  public static String duration(OptionalDouble seconds) {
    if (!shown(seconds)) {
      return MISSING;
    }
    long whole = Math.round(seconds.getAsDouble());
    if (whole < 60) {
      return whole + " s";
    }
    return whole < 3600
        ? "%d min %d s".formatted(whole / 60, whole % 60)
        : "%d h %d min".formatted(whole / 3600, whole % 3600 / 60);
  }

  private static boolean shown(OptionalDouble figure) {
    return Double.isFinite(figure.orElse(Double.NaN));
  }

  private static String format(String pattern, double value) {
    return String.format(Locale.ROOT, pattern, value).replace('-', '−').replace(" %", "\u00a0%");
  }
}
