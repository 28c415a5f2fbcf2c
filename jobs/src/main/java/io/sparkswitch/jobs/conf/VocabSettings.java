package io.sparkswitch.jobs.conf;

import io.sparkswitch.data.token.normalise.Normalisation;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * Section {@code vocab}: the trained vocabulary.
 *
 * @param normalisation SentencePiece's name of a {@link Normalisation}
 */
public record VocabSettings(
    int pieces,
    String normalisation,
    double characterCoverage,
    boolean byteFallback,
    int maxWords,
    int longestWord,
    double languageExponent)
    implements Serializable {
  private static final int FEWEST = 64;
  private static final int FEWEST_WITH_BYTES = 512;
  private static final int LONGEST = 512;

  public VocabSettings {
    int fewest = byteFallback ? FEWEST_WITH_BYTES : FEWEST;
    Require.that(
        pieces >= fewest,
        "vocab.pieces",
        pieces,
        "at least %d%s".formatted(fewest, byteFallback ? " with vocab.byte-fallback" : ""));
    List<String> names = Arrays.stream(Normalisation.values()).map(Normalisation::label).toList();
    Require.that(
        names.contains(normalisation),
        "vocab.normalisation",
        normalisation,
        "one of " + String.join(", ", names));
    Require.that(
        characterCoverage > 0 && characterCoverage <= 1,
        "vocab.character-coverage",
        characterCoverage,
        "above 0 and at most 1");
    Require.positive("vocab.max-words", maxWords);
    Require.that(
        longestWord > 0 && longestWord <= LONGEST,
        "vocab.longest-word",
        longestWord,
        "at least 1 and at most " + LONGEST);
    Require.that(
        languageExponent >= 0 && languageExponent <= 1,
        "vocab.language-exponent",
        languageExponent,
        "at least 0 and at most 1");
  }
}
