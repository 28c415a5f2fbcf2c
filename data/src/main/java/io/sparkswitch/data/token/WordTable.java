package io.sparkswitch.data.token;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Strings as code points, one after another, each with a weight.
 *
 * @param codes all code points
 * @param starts {@code starts[i]} is where string i begins; one more entry for the end
 */
public record WordTable(int[] codes, int[] starts, double[] weights) {
  public static WordTable of(List<String> words, double[] weights) {
    int[] starts = new int[words.size() + 1];
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      starts[i + 1] = Math.addExact(starts[i], word.codePointCount(0, word.length()));
    }
    int[] codes = new int[starts[words.size()]];
    for (int i = 0; i < words.size(); i++) {
      int[] points = words.get(i).codePoints().toArray();
      System.arraycopy(points, 0, codes, starts[i], points.length);
    }
    return new WordTable(codes, starts, weights);
  }

  public int words() {
    return weights.length;
  }

  public int length(int word) {
    return starts[word + 1] - starts[word];
  }

  /** Code points of the longest string. */
  public int longest() {
    return IntStream.range(0, words()).map(this::length).max().orElse(0);
  }

  public String text(int word) {
    return new String(codes, starts[word], length(word));
  }
}
