package io.sparkswitch.model.t5;

import java.util.Locale;

/** The two stacks of a T5. */
public enum StackKind {
  ENCODER,
  DECODER;

  /** As in parameter names. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
