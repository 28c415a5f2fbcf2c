package io.sparkswitch.jobs.conf;

import io.sparkswitch.data.batch.corruption.SpanCorruption;
import io.sparkswitch.data.batch.order.Shuffling;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.token.VocabularySpec;
import java.io.Serializable;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Section {@code data}: segments and the masks over them.
 *
 * @param weights share of each language, by its code; empty where the exponent gives the shares
 */
public record DataSettings(
    int inputsLength,
    double noiseDensity,
    double meanSpanLength,
    int rowGroupSegments,
    int shuffleWindowRowGroups,
    double languageExponent,
    SortedMap<String, Double> weights,
    int maxEpochs)
    implements Serializable {

  public static final String WEIGHTS = "data.weights";

  /** Lengths and the number of spans do not depend on which vocabulary it is. */
  private static final VocabularySpec ANY = new VocabularySpec(VocabularySpec.SENTINELS, "any");

  /** Whether languages are mixed otherwise than as they come. */
  public boolean mixes() {
    return languageExponent < 1 || maxEpochs > 0 || !weights.isEmpty();
  }

  /**
   * What decides which text comes when, in words: part of a run's identity. Without weights it
   * reads as in runs that were begun before there were any, so that these continue.
   */
  public String order() {
    return toString().replace(", weights={}", "");
  }

  public DataSettings {
    Require.that(inputsLength >= 8, "data.inputs-length", inputsLength, "at least 8");
    Require.properShare("data.noise-density", noiseDensity);
    Require.that(
        meanSpanLength >= 1 && Double.isFinite(meanSpanLength),
        "data.mean-span-length",
        meanSpanLength,
        "at least 1");
    Require.that(
        rowGroupSegments >= 1 && rowGroupSegments <= ShardSettings.MAX_ROW_GROUP_SEGMENTS,
        "data.row-group-segments",
        rowGroupSegments,
        "from 1 to %d".formatted(ShardSettings.MAX_ROW_GROUP_SEGMENTS));
    Require.that(
        shuffleWindowRowGroups >= 1 && shuffleWindowRowGroups <= Shuffling.MAX_WINDOW_ROW_GROUPS,
        "data.shuffle-window-row-groups",
        shuffleWindowRowGroups,
        "from 1 to %d".formatted(Shuffling.MAX_WINDOW_ROW_GROUPS));
    Require.that(
        languageExponent > 0 && languageExponent <= 1,
        "data.language-exponent",
        languageExponent,
        "above 0 and at most 1");
    weights = Collections.unmodifiableSortedMap(new TreeMap<>(weights));
    requireWeights(weights);
    Require.that(
        weights.isEmpty() || languageExponent == 1,
        "data.language-exponent",
        languageExponent,
        "1 while data.weights gives the shares of the languages");
    Require.notNegative("data.max-epochs", maxEpochs);
    try {
      SpanCorruption.of(ANY, inputsLength, noiseDensity, meanSpanLength);
    } catch (IllegalArgumentException e) {
      Require.that(
          false, "data.inputs-length", inputsLength, "a length that fits: " + e.getMessage());
    }
  }

  private static void requireWeights(SortedMap<String, Double> weights) {
    weights.forEach((language, weight) -> Require.notNegative(Keys.map(WEIGHTS, language), weight));
    Require.that(
        weights.isEmpty() || weights.values().stream().anyMatch(weight -> weight > 0),
        WEIGHTS,
        weights,
        "shares of which at least one is above 0");
  }
}
