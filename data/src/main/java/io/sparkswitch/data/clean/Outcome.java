package io.sparkswitch.data.clean;

import io.sparkswitch.data.source.Document;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** What cleaning made of a document. */
public sealed interface Outcome {

  /** What became of the lines that were looked at. */
  Lines lines();

  /** A document that stays, maybe with less text and with the language that was found. */
  record Kept(Document document, Lines lines) implements Outcome {}

  /**
   * A document that goes; its lines after the one that decided were not looked at.
   *
   * @param rule word of the rule that dropped it
   */
  record Dropped(String rule, Lines lines) implements Outcome {}

  /**
   * Counts of lines.
   *
   * @param passed lines that the rules on lines let pass; 0 if none of these is on
   * @param dropped lines that a rule dropped, by its word
   */
  record Lines(long passed, Map<String, Long> dropped) {
    public Lines {
      dropped = Collections.unmodifiableMap(new TreeMap<>(dropped));
    }
  }
}
