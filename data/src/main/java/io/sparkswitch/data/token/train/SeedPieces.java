package io.sparkswitch.data.token.train;

import io.sparkswitch.data.token.WordTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The first, far too large set of pieces: every required character, and the substrings of words
 * that cover most text (occurrences × length). Of substrings that always occur inside the same
 * longer one, only the longest counts, so candidates are the inner nodes of the suffix tree and the
 * repeated leaves.
 */
final class SeedPieces {
  private final WordTable words;
  private final int maxLength;
  private final int[] order;
  private final int[] wordAt;
  private final int[] lengths;

  /** Candidates: position, length, score; parallel, growing. */
  private int[] positions = new int[1024];

  private int[] sizes = new int[1024];
  private double[] scores = new double[1024];
  private int count;

  private SeedPieces(WordTable words, int maxLength) {
    this.words = words;
    this.maxLength = maxLength;
    this.order = SuffixOrder.of(words, maxLength);
    this.wordAt = new int[words.codes().length];
    this.lengths = new int[words.codes().length];
    for (int word = 0; word < words.words(); word++) {
      int end = words.starts()[word + 1];
      for (int at = words.starts()[word]; at < end; at++) {
        wordAt[at] = word;
        lengths[at] = Math.min(end - at, maxLength);
      }
    }
  }

  /**
   * Seeds with their scores as weights, characters first.
   *
   * @param limit most substrings taken beside the characters
   */
  static WordTable find(TrainingText text, int maxLength, int limit) {
    SeedPieces seeds = new SeedPieces(text.fragments(), maxLength);
    seeds.collect();
    return seeds.table(text.characters(), limit);
  }

  /** Walks the sorted suffixes and closes a node wherever the common prefix gets shorter. */
  private void collect() {
    int[] depths = new int[maxLength + 2];
    double[] weights = new double[maxLength + 2];
    int top = 0;
    int previous = 0;
    for (int i = 0; i < order.length; i++) {
      int next = i + 1 < order.length ? commonPrefix(order[i], order[i + 1]) : 0;
      double weight = words.weights()[wordAt[order[i]]];
      if (lengths[order[i]] > Math.max(previous, next)) {
        candidate(order[i], lengths[order[i]], weight);
      }
      if (next > depths[top]) {
        top++;
        depths[top] = next;
        weights[top] = 0;
      }
      weights[top] += weight;
      while (depths[top] > next) {
        double closed = weights[top];
        candidate(order[i], depths[top], closed);
        top--;
        if (depths[top] < next) {
          top++;
          depths[top] = next;
          weights[top] = 0;
        }
        weights[top] += closed;
      }
      previous = next;
    }
  }

  private int commonPrefix(int a, int b) {
    int most = Math.min(lengths[a], lengths[b]);
    int length = 0;
    while (length < most && words.codes()[a + length] == words.codes()[b + length]) {
      length++;
    }
    return length;
  }

  private void candidate(int position, int length, double occurrences) {
    if (length < 2 || occurrences < 2) {
      return;
    }
    if (count == positions.length) {
      positions = Arrays.copyOf(positions, count * 2);
      sizes = Arrays.copyOf(sizes, count * 2);
      scores = Arrays.copyOf(scores, count * 2);
    }
    positions[count] = position;
    sizes[count] = length;
    scores[count] = occurrences * length;
    count++;
  }

  private WordTable table(List<Integer> characters, int limit) {
    double threshold = Double.NEGATIVE_INFINITY;
    int ties = 0;
    if (count > limit) {
      double[] sorted = Arrays.copyOf(scores, count);
      Arrays.sort(sorted);
      threshold = sorted[count - limit];
      for (int i = count - limit; i < count && sorted[i] == threshold; i++) {
        ties++;
      }
    }
    List<String> texts = new ArrayList<>();
    double[] weights = new double[characters.size() + Math.min(count, limit)];
    Map<Integer, Double> characterWeights = characterWeights();
    for (int character : characters) {
      weights[texts.size()] = characterWeights.getOrDefault(character, 1.0);
      texts.add(Character.toString(character));
    }
    for (int i = 0; i < count; i++) {
      if (scores[i] > threshold || scores[i] == threshold && ties-- > 0) {
        weights[texts.size()] = scores[i];
        texts.add(new String(words.codes(), positions[i], sizes[i]));
      }
    }
    return WordTable.of(texts, weights);
  }

  private Map<Integer, Double> characterWeights() {
    Map<Integer, Double> weights = new TreeMap<>();
    for (int at = 0; at < wordAt.length; at++) {
      weights.merge(words.codes()[at], words.weights()[wordAt[at]], Double::sum);
    }
    return weights;
  }
}
