package io.sparkswitch.jobs.conf;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known key that somebody most likely meant. */
final class Suggestion {
  private Suggestion() {}

  /**
   * The known key nearest to {@code key}: by edit distance over the whole key or, for a key under
   * the wrong section, over its last word.
   *
   * @return empty if nothing known is near enough to be meant
   */
  static Optional<String> nearest(String key, Collection<String> known) {
    String wanted = Keys.kebab(key).replace('_', '-').replace("--", "-");
    int tolerated = Math.max(2, lastWord(wanted).length() / 3);
    return known.stream()
        .filter(candidate -> distance(wanted, candidate) <= tolerated)
        .min(Comparator.comparingInt((String candidate) -> distance(wanted, candidate)))
        .or(
            () ->
                known.stream()
                    .filter(c -> distance(lastWord(wanted), lastWord(c)) <= tolerated / 2)
                    .min(Comparator.comparingInt(c -> distance(lastWord(wanted), lastWord(c)))));
  }

  private static String lastWord(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  /** Levenshtein's distance: insertions, deletions and replacements from one to the other. */
  static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(previous[j], row[j - 1]) + 1);
      }
      previous = row;
    }
    return previous[b.length()];
  }
}
