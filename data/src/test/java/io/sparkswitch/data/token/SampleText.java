package io.sparkswitch.data.token;

import io.sparkswitch.data.token.normalise.Normalisation;
import io.sparkswitch.data.token.train.TextSettings;
import io.sparkswitch.data.token.train.UnigramSettings;
import io.sparkswitch.data.token.train.UnigramTrainer;
import io.sparkswitch.data.token.train.WordCount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** An invented language: words of syllables, the low-numbered ones frequent. */
public final class SampleText {
  private static final String[] SYLLABLES = {
    "ka", "to", "mi", "re", "sol", "an", "ing", "est", "ver", "qua", "lo", "ni", "é", "shu"
  };

  private SampleText() {}

  public static List<String> lines(long seed, int lines) {
    Random random = new Random(seed);
    List<String> text = new ArrayList<>();
    for (int i = 0; i < lines; i++) {
      StringBuilder line = new StringBuilder();
      int words = 4 + random.nextInt(12);
      for (int w = 0; w < words; w++) {
        line.append(w == 0 ? "" : " ").append(word(random));
      }
      text.add(line.append('.').toString());
    }
    return text;
  }

  private static String word(Random random) {
    int rank = (int) (400 * Math.pow(random.nextDouble(), 3));
    Random letters = new Random(rank);
    StringBuilder word = new StringBuilder();
    int syllables = 1 + letters.nextInt(4);
    for (int s = 0; s < syllables; s++) {
      word.append(SYLLABLES[letters.nextInt(SYLLABLES.length)]);
    }
    return rank % 17 == 0 ? word.append(rank).toString() : word.toString();
  }

  public static List<WordCount> counts(List<String> lines) {
    Map<String, Long> counts = new TreeMap<>();
    lines.forEach(line -> Words.split(line).forEach(word -> counts.merge(word, 1L, Long::sum)));
    return counts.entrySet().stream()
        .map(entry -> new WordCount(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** A small vocabulary of this language: a piece for each character, spaces alone normalised. */
  public static byte[] model(int pieces) {
    TextSettings text = new TextSettings(Normalisation.IDENTITY, 1, 10_000, 128);
    return UnigramTrainer.train(
        counts(lines(1, 400)), new UnigramSettings(pieces, 16, 2, false, text));
  }
}
