package io.sparkswitch.data.batch.example;

import io.sparkswitch.data.token.VocabularySpec;

/**
 * A supervised example, text to text.
 *
 * @param inputs {@code <int32>[any]}, with the end marker if the model shall read one
 * @param targets {@code <int32>[any]}, with the end marker if the model shall say one
 */
public record Example(int[] inputs, int[] targets) {
  public Example {
    require("inputs", inputs);
    require("targets", targets);
  }

  private static void require(String side, int[] tokens) {
    if (tokens.length == 0) {
      throw new IllegalArgumentException(
          "an example without %s: leave it out of its source".formatted(side));
    }
    for (int token : tokens) {
      if (token <= VocabularySpec.PAD) {
        throw new IllegalArgumentException(
            "token %d in the %s of an example: padding is added later, ids of text are above %d"
                .formatted(token, side, VocabularySpec.PAD));
      }
    }
  }
}
