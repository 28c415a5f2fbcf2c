package io.sparkswitch.data.pipeline;

import java.io.Serializable;
import java.util.Arrays;

/**
 * How much each language's counts weigh, so that languages share the training text in proportion to
 * (their characters)<sup>exponent</sup> while its size stays about what it is (Devlin, Multilingual
 * BERT, 2018; mC4 and mT5 use 0.3).
 */
record LanguageWeights(double[] factors) implements Serializable {
  private static final long MIXER = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1p-53;
  private static final int UNIT_BITS = 53;

  /**
   * @param characters of each language; 0 is allowed
   */
  static LanguageWeights of(long[] characters, double exponent) {
    double total = Arrays.stream(characters).sum();
    double shares = Arrays.stream(characters).mapToDouble(n -> power(n, exponent)).sum();
    return new LanguageWeights(
        Arrays.stream(characters)
            .mapToDouble(n -> n == 0 ? 0 : power(n, exponent) / shares * total / n)
            .toArray());
  }

  private static double power(long characters, double exponent) {
    return characters == 0 ? 0 : Math.pow(characters, exponent);
  }

  /**
   * The weighted count as a whole number. Which of its neighbours a fraction becomes depends on the
   * word's spelling alone, in proportion to the fraction: rare words of a large language thin out as
   * in a sample, and nothing is drawn.
   */
  long weigh(int language, String word, long count) {
    long mixed = (word.hashCode() + MIXER * language) * MIXER;
    mixed = (mixed ^ mixed >>> Integer.SIZE) * MIXER;
    double threshold = (mixed >>> Long.SIZE - UNIT_BITS) * UNIT;
    return (long) Math.floor(count * factors[language] + threshold);
  }
}
