package io.sparkswitch.data.pipeline.vocabulary;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much each language's counts weigh, so that languages share the training text in proportion to
 * (their characters)<sup>exponent</sup> while the text's size stays about what it is (Xue et al.,
 * mT5, 2021, section 3.1; characters stand for tokens, which are not known yet).
 *
 * @param factors by language
 */
record LanguageWeights(Map<String, Double> factors) implements Serializable {
  private static final long MIXER = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1p-53;
  private static final int UNIT_BITS = 53;

  LanguageWeights {
    factors = new HashMap<>(factors);
  }

  /**
   * @param characters of each language, positive
   */
  static LanguageWeights of(Map<String, Long> characters, double exponent) {
    // One order of summation, so that the sums are the same to the last bit.
    Map<String, Long> sorted = new TreeMap<>(characters);
    double total = 0;
    double shares = 0;
    for (long count : sorted.values()) {
      total += count;
      shares += StrictMath.pow(count, exponent);
    }
    double scale = total / shares;
    Map<String, Double> factors = new HashMap<>();
    sorted.forEach(
        (language, count) ->
            factors.put(language, scale * StrictMath.pow(count, exponent) / count));
    return new LanguageWeights(factors);
  }

  /**
   * The weighted count as a whole number. Which of its neighbours a fraction becomes depends on the
   * word's spelling alone, in proportion to the fraction: rare words of a large language thin out
   * as in a sample, and nothing is drawn.
   */
  long weigh(String language, String word, long count) {
    long mixed = (word.hashCode() + language.hashCode() * MIXER) * MIXER;
    mixed = (mixed ^ mixed >>> Integer.SIZE) * MIXER;
    double threshold = (mixed >>> Long.SIZE - UNIT_BITS) * UNIT;
    return (long) Math.floor(count * factors.get(language) + threshold);
  }
}
