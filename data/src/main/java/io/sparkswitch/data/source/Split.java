package io.sparkswitch.data.source;

import java.util.Locale;

/** The two parts of C4 as published. */
public enum Split {
  TRAIN,
  VALIDATION;

  /** The word that C4's file names and our folders use. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
