package io.sparkswitch.data.batch;

import java.util.Arrays;

/**
 * Which example of its sequence each token belongs to, and where it is in it. Examples of a
 * sequence count from 1, positions from 0; both are 0 at padding.
 *
 * @param encoderSegments {@code <int32>[batch, encoderLength]}
 * @param encoderPositions {@code <int32>[batch, encoderLength]}
 * @param decoderSegments {@code <int32>[batch, decoderLength]}
 * @param decoderPositions {@code <int32>[batch, decoderLength]}
 */
public record Packing(
    int[] encoderSegments, int[] encoderPositions, int[] decoderSegments, int[] decoderPositions) {

  public Packing {
    requireSame("encoder", encoderSegments.length, encoderPositions.length);
    requireSame("decoder", decoderSegments.length, decoderPositions.length);
  }

  static Packing empty(int encoderTokens, int decoderTokens) {
    return new Packing(
        new int[encoderTokens],
        new int[encoderTokens],
        new int[decoderTokens],
        new int[decoderTokens]);
  }

  Packing slice(int encoderFrom, int encoderTo, int decoderFrom, int decoderTo) {
    return new Packing(
        Arrays.copyOfRange(encoderSegments, encoderFrom, encoderTo),
        Arrays.copyOfRange(encoderPositions, encoderFrom, encoderTo),
        Arrays.copyOfRange(decoderSegments, decoderFrom, decoderTo),
        Arrays.copyOfRange(decoderPositions, decoderFrom, decoderTo));
  }

  private static void requireSame(String side, int segments, int positions) {
    if (segments != positions) {
      throw new IllegalArgumentException(
          "%s: %d segments and %d positions".formatted(side, segments, positions));
    }
  }
}
