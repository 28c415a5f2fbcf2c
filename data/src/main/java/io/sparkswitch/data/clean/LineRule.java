package io.sparkswitch.data.clean;

import java.util.Locale;

/** A rule that looks at one line. Immutable. */
interface LineRule {

  /** What a line costs. */
  enum Loss {
    NOTHING,
    LINE,
    DOCUMENT
  }

  /** A line in the work, lower-cased when first asked for. */
  final class Line {
    private final String text;
    private String lower;

    Line(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }

    String lower() {
      if (lower == null) {
        lower = text.toLowerCase(Locale.ROOT);
      }
      return lower;
    }
  }

  RuleName name();

  /** The line as the rules after this one see it. */
  default Line edit(Line line) {
    return line;
  }

  /** What the edited line costs. */
  default Loss judge(Line line) {
    return Loss.NOTHING;
  }
}
