package io.sparkswitch.data.batch;

import java.util.Arrays;
import java.util.Optional;

/**
 * Sequences ready for the model, row-major.
 *
 * @param sequences number of sequences, the axis <em>batch</em>
 * @param encoderLength tokens a sequence on the encoder's side
 * @param decoderLength tokens a sequence on the decoder's side
 * @param encoderInputTokens {@code <int32>[batch, encoderLength]}, 0 is padding
 * @param decoderInputTokens {@code <int32>[batch, decoderLength]}: the targets shifted right
 * @param decoderTargetTokens {@code <int32>[batch, decoderLength]}, 0 is padding
 * @param decoderLossWeights {@code <float>[batch, decoderLength]}: 1 at real targets, else 0
 * @param segmentIds {@code <int64>[batch]}: the segment each sequence was made from
 * @param epochs {@code <int32>[batch]}: the pass over the data it belongs to
 * @param packing tells apart the examples of a sequence where it holds several
 */
public record Batch(
    int sequences,
    int encoderLength,
    int decoderLength,
    int[] encoderInputTokens,
    int[] decoderInputTokens,
    int[] decoderTargetTokens,
    float[] decoderLossWeights,
    long[] segmentIds,
    int[] epochs,
    Optional<Packing> packing) {

  public Batch {
    requireLength("encoderInputTokens", encoderInputTokens.length, sequences * encoderLength);
    requireLength("decoderInputTokens", decoderInputTokens.length, sequences * decoderLength);
    requireLength("decoderTargetTokens", decoderTargetTokens.length, sequences * decoderLength);
    requireLength("decoderLossWeights", decoderLossWeights.length, sequences * decoderLength);
    requireLength("segmentIds", segmentIds.length, sequences);
    requireLength("epochs", epochs.length, sequences);
    packing.ifPresent(
        p -> {
          requireLength("encoderSegments", p.encoderSegments().length, encoderInputTokens.length);
          requireLength("decoderSegments", p.decoderSegments().length, decoderTargetTokens.length);
        });
  }

  /** Sequences of one text each. */
  public Batch(
      int sequences,
      int encoderLength,
      int decoderLength,
      int[] encoderInputTokens,
      int[] decoderInputTokens,
      int[] decoderTargetTokens,
      float[] decoderLossWeights,
      long[] segmentIds,
      int[] epochs) {
    this(
        sequences,
        encoderLength,
        decoderLength,
        encoderInputTokens,
        decoderInputTokens,
        decoderTargetTokens,
        decoderLossWeights,
        segmentIds,
        epochs,
        Optional.empty());
  }

  /** Number of targets that count in the loss. */
  public long targetTokens() {
    long tokens = 0;
    for (float weight : decoderLossWeights) {
      if (weight > 0) {
        tokens++;
      }
    }
    return tokens;
  }

  /** Sequences {@code [from, to)} as a batch of their own. */
  public Batch slice(int from, int to) {
    if (from < 0 || to > sequences || from > to) {
      throw new IllegalArgumentException(
          "sequences [%d, %d) of a batch of %d".formatted(from, to, sequences));
    }
    int e = encoderLength;
    int d = decoderLength;
    return new Batch(
        to - from,
        e,
        d,
        Arrays.copyOfRange(encoderInputTokens, from * e, to * e),
        Arrays.copyOfRange(decoderInputTokens, from * d, to * d),
        Arrays.copyOfRange(decoderTargetTokens, from * d, to * d),
        Arrays.copyOfRange(decoderLossWeights, from * d, to * d),
        Arrays.copyOfRange(segmentIds, from, to),
        Arrays.copyOfRange(epochs, from, to),
        packing.map(p -> p.slice(from * e, to * e, from * d, to * d)));
  }

  private static void requireLength(String name, int length, int expected) {
    if (length != expected) {
      throw new IllegalArgumentException(
          "%s has %d entries, expected %d".formatted(name, length, expected));
    }
  }
}
