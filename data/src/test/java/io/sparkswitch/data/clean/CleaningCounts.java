package io.sparkswitch.data.clean;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many documents and lines cleaning dropped, and by which rule; keys are the words of {@link
 * RuleName}. Sums do not depend on their order.
 *
 * @param documents documents that came in: always those kept and those dropped together
 * @param kept documents that stayed
 * @param linesPassed lines that the rules on lines let pass, of dropped documents too
 * @param documentsDropped documents by the rule that dropped them
 * @param linesDropped lines by the rule that dropped them, of dropped documents too
 */
public record CleaningCounts(
    long documents,
    long kept,
    long linesPassed,
    Map<String, Long> documentsDropped,
    Map<String, Long> linesDropped)
    implements Serializable {

  public CleaningCounts {
    documentsDropped = sorted(documentsDropped);
    linesDropped = sorted(linesDropped);
    long dropped = documentsDropped.values().stream().mapToLong(Long::longValue).sum();
    if (documents != kept + dropped) {
      throw new IllegalArgumentException(
          "%d documents came in, but %d were kept and %d dropped"
              .formatted(documents, kept, dropped));
    }
  }

  /** Nothing yet. */
  public static CleaningCounts none() {
    return new CleaningCounts(0, 0, 0, Map.of(), Map.of());
  }

  /** With one more document. */
  public CleaningCounts plus(Outcome outcome) {
    Map<String, Long> dropped =
        outcome instanceof Outcome.Dropped gone ? Map.of(gone.rule(), 1L) : Map.of();
    return plus(
        new CleaningCounts(
            1, 1L - dropped.size(), outcome.lines().passed(), dropped, outcome.lines().dropped()));
  }

  /** The sum of both. */
  public CleaningCounts plus(CleaningCounts other) {
    return new CleaningCounts(
        documents + other.documents,
        kept + other.kept,
        linesPassed + other.linesPassed,
        sum(documentsDropped, other.documentsDropped),
        sum(linesDropped, other.linesDropped));
  }

  private static Map<String, Long> sum(Map<String, Long> one, Map<String, Long> other) {
    Map<String, Long> sum = new TreeMap<>(one);
    other.forEach((rule, count) -> sum.merge(rule, count, Long::sum));
    return sum;
  }

  private static Map<String, Long> sorted(Map<String, Long> counts) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(new TreeMap<>(counts)));
  }
}
