package io.sparkswitch.data.shard;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of the documents of source files; none is ever lost.
 *
 * @param read documents and malformed records read
 * @param kept documents that went into shards
 * @param quarantined records kept aside because they hold no document
 * @param dropped documents dropped, by the rule that dropped them
 * @param linesDropped lines dropped from documents, by rule
 */
public record DocumentCounts(
    long read,
    long kept,
    long quarantined,
    Map<String, Long> dropped,
    Map<String, Long> linesDropped) {
  public static final DocumentCounts NONE = new DocumentCounts(0, 0, 0, Map.of(), Map.of());

  public DocumentCounts {
    dropped = Collections.unmodifiableMap(new TreeMap<>(dropped));
    linesDropped = Collections.unmodifiableMap(new TreeMap<>(linesDropped));
    long accounted = kept + quarantined + sum(dropped);
    if (read != accounted) {
      throw new IllegalArgumentException(
          "%d documents were read, but %d kept, %d dropped %s and %d quarantined"
              .formatted(read, kept, sum(dropped), dropped, quarantined));
    }
  }

  /** Documents dropped by all rules. */
  public long droppedInAll() {
    return sum(dropped);
  }

  public DocumentCounts plus(DocumentCounts other) {
    return new DocumentCounts(
        read + other.read,
        kept + other.kept,
        quarantined + other.quarantined,
        sums(dropped, other.dropped),
        sums(linesDropped, other.linesDropped));
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private static Map<String, Long> sums(Map<String, Long> a, Map<String, Long> b) {
    Map<String, Long> sums = new TreeMap<>(a);
    b.forEach((rule, count) -> sums.merge(rule, count, Long::sum));
    return sums;
  }
}
