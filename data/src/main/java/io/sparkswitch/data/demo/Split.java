package io.sparkswitch.data.demo;

import java.util.Locale;

/** Train and validation stories come from streams of their own; the world is shared. */
enum Split {
  TRAIN,
  VALIDATION;

  /** As in C4's file names. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
