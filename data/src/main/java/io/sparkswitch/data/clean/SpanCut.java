package io.sparkswitch.data.clean;

import java.io.Serializable;
import java.util.Locale;
import java.util.Objects;

/**
 * How a document is cut into spans that are compared with others.
 *
 * @param unit what a span is made of
 * @param units how many of them; spans overlap in all but one
 */
public record SpanCut(Unit unit, int units) implements Serializable {

  /** What a span is made of. */
  public enum Unit {
    SENTENCE,
    LINE
  }

  public SpanCut {
    Objects.requireNonNull(unit, "unit");
    if (units < 1) {
      throw new IllegalArgumentException(
          "a span of %d units: at least 1 is needed".formatted(units));
    }
  }

  /** Spans of sentences, which may run over the end of a line; C4's description has three. */
  public static SpanCut sentences(int sentences) {
    return new SpanCut(Unit.SENTENCE, sentences);
  }

  /** Single lines, as C4's and mC4's code compares them. */
  public static SpanCut lines() {
    return new SpanCut(Unit.LINE, 1);
  }

  /** The name of the cut in files, such as {@code sentence-3}. */
  public String word() {
    return unit.name().toLowerCase(Locale.ROOT) + "-" + units;
  }
}
