package io.sparkswitch.jobs.conf;

import java.io.Serializable;

/** Section {@code vocab}: the trained vocabulary. */
public record VocabSettings(int pieces, double characterCoverage, int maxWords)
    implements Serializable {

  public VocabSettings {
    Require.that(pieces >= 64, "vocab.pieces", pieces, "at least 64");
    Require.that(
        characterCoverage > 0 && characterCoverage <= 1,
        "vocab.character-coverage",
        characterCoverage,
        "above 0 and at most 1");
    Require.positive("vocab.max-words", maxWords);
  }
}
