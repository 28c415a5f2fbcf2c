package io.sparkswitch.jobs.loop;

import java.util.Locale;

/** Large numbers as a person says them: 1.57 trillion. */
final class Magnitude {
  /** Below it all digits are shown. */
  private static final double EXACT = 1e7;

  private static final String[] WORDS = {"million", "billion", "trillion", "quadrillion"};

  private Magnitude() {}

  /** A count of things: all digits of a small one, three digits and a word of a large one. */
  static String of(long count) {
    return count < EXACT ? String.format(Locale.ROOT, "%,d", count) : inWords(count);
  }

  /** Three significant digits and, from a million, a word. */
  static String inWords(double number) {
    if (number < 999_500) {
      return String.format(Locale.ROOT, "%,.0f", number);
    }
    double scaled = number / 1e6;
    int word = 0;
    while (scaled >= 999.5 && word < WORDS.length - 1) {
      scaled /= 1000;
      word++;
    }
    int decimals = scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
    return String.format(Locale.ROOT, "%,." + decimals + "f %s", scaled, WORDS[word]);
  }

  /** Bytes in MiB or, from 10 GiB, in GiB. */
  static String ofBytes(double bytes) {
    double mebibytes = bytes / (1 << 20);
    return mebibytes < 10 * 1024
        ? String.format(Locale.ROOT, mebibytes < 100 ? "%.2f MiB" : "%.0f MiB", mebibytes)
        : String.format(Locale.ROOT, "%,.1f GiB", mebibytes / 1024);
  }
}
