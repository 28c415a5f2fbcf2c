package io.sparkswitch.data.token.train;

import io.sparkswitch.data.token.ScriptRuns;
import io.sparkswitch.data.token.WordTable;
import io.sparkswitch.data.token.Words;
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
 * @param fragments the words' {@link ScriptRuns}, cut at characters that are not covered too (these
 *     become unknown, which no choice of pieces can change)
 */
record TrainingText(List<Integer> characters, WordTable fragments) {
  static TrainingText of(List<WordCount> counts, TextSettings settings) {
    List<WordCount> words =
        counts.stream().sorted(WordCount.MOST_FREQUENT_FIRST).limit(settings.maxWords()).toList();
    if (words.isEmpty()) {
      throw new IllegalArgumentException(
          "the corpus holds no words: a vocabulary cannot be trained from nothing");
    }
    List<Integer> characters = characters(words, settings.characterCoverage());
    Set<Integer> covered = new HashSet<>(characters);
    return new TrainingText(characters, fragments(words, covered, settings.longestWord()));
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

  private static WordTable fragments(List<WordCount> words, Set<Integer> covered, int longest) {
    TreeMap<String, Double> fragments = new TreeMap<>();
    for (WordCount word : words) {
      for (String run : ScriptRuns.of(word.word(), longest)) {
        int begin = 0;
        int at = 0;
        while (at < run.length()) {
          int point = run.codePointAt(at);
          int next = at + Character.charCount(point);
          if (!covered.contains(point)) {
            add(run.substring(begin, at), word.count(), fragments);
            begin = next;
          }
          at = next;
        }
        add(run.substring(begin), word.count(), fragments);
      }
    }
    double[] weights = fragments.values().stream().mapToDouble(Double::doubleValue).toArray();
    return WordTable.of(List.copyOf(fragments.keySet()), weights);
  }

  private static void add(String fragment, long count, Map<String, Double> fragments) {
    if (!fragment.isEmpty()) {
      fragments.merge(fragment, (double) count, Double::sum);
    }
  }
}
