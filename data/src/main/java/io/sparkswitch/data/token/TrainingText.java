package io.sparkswitch.data.token;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a unigram model is fitted to.
 *
 * @param characters code points that must become pieces, most frequent first
 * @param fragments the words, cut at characters that are not covered (these become unknown, which
 *     no choice of pieces can change) and after {@link #LONGEST} code points (so that products of
 *     probabilities stay within a double's range)
 */
record TrainingText(List<Integer> characters, WordTable fragments) {
  static final int LONGEST = 32;

  static TrainingText of(List<WordCount> counts, UnigramSettings settings) {
    List<WordCount> words =
        counts.stream()
            .sorted(
                Comparator.comparingLong(WordCount::count)
                    .reversed()
                    .thenComparing(WordCount::word))
            .limit(settings.maxWords())
            .toList();
    if (words.isEmpty()) {
      throw new IllegalArgumentException(
          "the corpus holds no words: a vocabulary cannot be trained from nothing");
    }
    List<Integer> characters = characters(words, settings.characterCoverage());
    return new TrainingText(characters, fragments(words, new HashSet<>(characters)));
  }

  private static List<Integer> characters(List<WordCount> words, double coverage) {
    Map<Integer, Long> counts = new HashMap<>();
    long total = 0;
    for (WordCount word : words) {
      int[] points = word.word().codePoints().toArray();
      for (int point : points) {
        counts.merge(point, word.count(), Math::addExact);
      }
      total = Math.addExact(total, Math.multiplyExact(points.length, word.count()));
    }
    List<Integer> byCount =
        counts.keySet().stream()
            .sorted(Comparator.comparing((Integer p) -> -counts.get(p)).thenComparing(p -> p))
            .toList();
    List<Integer> covered = new ArrayList<>();
    double sum = 0;
    for (int point : byCount) {
      if (sum >= coverage * total && point != Words.SPACE_MARK) {
        continue;
      }
      sum += counts.get(point);
      // Half of a surrogate pair has no UTF-8.
      if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
        covered.add(point);
      }
    }
    return covered;
  }

  private static WordTable fragments(List<WordCount> words, Set<Integer> covered) {
    TreeMap<String, Double> fragments = new TreeMap<>();
    StringBuilder fragment = new StringBuilder();
    for (WordCount word : words) {
      int length = 0;
      for (int point : word.word().codePoints().toArray()) {
        boolean keep = covered.contains(point);
        if (keep) {
          fragment.appendCodePoint(point);
          length++;
        }
        if (!keep || length == LONGEST) {
          length = 0;
          flush(fragment, word.count(), fragments);
        }
      }
      flush(fragment, word.count(), fragments);
    }
    double[] weights = fragments.values().stream().mapToDouble(Double::doubleValue).toArray();
    return WordTable.of(List.copyOf(fragments.keySet()), weights);
  }

  private static void flush(StringBuilder fragment, long count, Map<String, Double> fragments) {
    if (!fragment.isEmpty()) {
      fragments.merge(fragment.toString(), (double) count, Double::sum);
      fragment.setLength(0);
    }
  }
}
