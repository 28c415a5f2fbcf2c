package io.sparkswitch.data.batch;

import io.sparkswitch.data.token.VocabularySpec;

/** What the decoder reads: targets shifted right by one, each example from the padding id on. */
final class DecoderInputs {
  private DecoderInputs() {}

  /** Of one sequence of one example, {@code <int32>[length]}. */
  static int[] of(int[] targets) {
    return of(targets, new int[targets.length]);
  }

  /**
   * Of one sequence.
   *
   * @param targets {@code <int32>[length]}
   * @param segments example of each target, {@code <int32>[length]}
   */
  static int[] of(int[] targets, int[] segments) {
    int[] inputs = new int[targets.length];
    for (int i = 0; i < inputs.length; i++) {
      boolean starts = i == 0 || segments[i] != segments[i - 1];
      inputs[i] = starts ? VocabularySpec.PAD : targets[i - 1];
    }
    return inputs;
  }
}
