package io.sparkswitch.data.batch.example;

import java.util.Arrays;

/**
 * What becomes of examples in a batch.
 *
 * @param inputs tokens of a sequence on the encoder's side; longer inputs lose their end
 * @param targets tokens of a sequence on the decoder's side; longer targets lose their end
 */
public record ExampleShape(int inputs, int targets, Filling filling) {
  public ExampleShape {
    if (inputs < 1 || targets < 1) {
      throw new IllegalArgumentException(
          "examples of %d inputs and %d targets: at least 1 of each is needed"
              .formatted(inputs, targets));
    }
  }

  /** The example as far as it fits. */
  public Example trimmed(Example example) {
    return new Example(trimmed(example.inputs(), inputs), trimmed(example.targets(), targets));
  }

  private static int[] trimmed(int[] tokens, int length) {
    return tokens.length <= length ? tokens : Arrays.copyOf(tokens, length);
  }
}
