package io.sparkswitch.jobs.conf;

import java.time.Duration;

/** Preconditions of settings; each names the key, the value and what is allowed. */
final class Require {
  private Require() {}

  static void that(boolean allowed, String key, Object value, String what) {
    if (!allowed) {
      throw new InvalidSettingException(key, value, what);
    }
  }

  static void positive(String key, long value) {
    that(value > 0, key, value, "at least 1");
  }

  static void notNegative(String key, long value) {
    that(value >= 0, key, value, "0 or more");
  }

  static void positive(String key, double value) {
    that(value > 0 && Double.isFinite(value), key, value, "a number above 0");
  }

  static void notNegative(String key, double value) {
    that(value >= 0 && Double.isFinite(value), key, value, "0 or more");
  }

  static void positive(String key, Duration value) {
    that(value.compareTo(Duration.ZERO) > 0, key, value.toMillis() + "ms", "longer than 0");
  }

  /** In [0, 1). */
  static void share(String key, double value) {
    that(value >= 0 && value < 1, key, value, "in [0, 1)");
  }

  /** In (0, 1). */
  static void properShare(String key, double value) {
    that(value > 0 && value < 1, key, value, "between 0 and 1, both excluded");
  }
}
