package io.sparkswitch.data.batch;

import java.util.Arrays;

/** Fills the arrays of one batch, sequence by sequence; what is not filled is padding, 0. */
final class BatchBuilder {
  private final int encoderLength;
  private final int decoderLength;
  private final int[] encoderInputs;
  private final int[] decoderInputs;
  private final int[] targets;
  private final float[] weights;
  private final long[] segmentIds;
  private final int[] epochs;
  private int filled;

  BatchBuilder(int sequences, int encoderLength, int decoderLength) {
    this.encoderLength = encoderLength;
    this.decoderLength = decoderLength;
    this.encoderInputs = new int[Math.multiplyExact(sequences, encoderLength)];
    this.decoderInputs = new int[Math.multiplyExact(sequences, decoderLength)];
    this.targets = new int[decoderInputs.length];
    this.weights = new float[decoderInputs.length];
    this.segmentIds = new long[sequences];
    this.epochs = new int[sequences];
  }

  /** The next sequence, {@code <int32>[at most encoderLength]} and as many targets as fit. */
  void add(int[] inputs, int[] target, long segmentId, int epoch) {
    int decoder = filled * decoderLength;
    System.arraycopy(inputs, 0, encoderInputs, filled * encoderLength, inputs.length);
    System.arraycopy(target, 0, targets, decoder, target.length);
    // Shifted right by one: the decoder starts from the padding id.
    System.arraycopy(target, 0, decoderInputs, decoder + 1, target.length - 1);
    Arrays.fill(weights, decoder, decoder + target.length, 1f);
    segmentIds[filled] = segmentId;
    epochs[filled] = epoch;
    filled++;
  }

  Batch build() {
    return new Batch(
        filled,
        encoderLength,
        decoderLength,
        encoderInputs,
        decoderInputs,
        targets,
        weights,
        segmentIds,
        epochs);
  }
}
