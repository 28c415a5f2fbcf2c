package io.sparkswitch.data.batch;

import io.sparkswitch.data.token.VocabularySpec;
import java.util.Arrays;

/** Fills the arrays of one batch, sequence by sequence. */
final class BatchBuilder {
  private final SpanCorruption corruption;
  private final long corruptionSeed;
  private final int encoderLength;
  private final int decoderLength;
  private final int[] encoderInputs;
  private final int[] decoderInputs;
  private final int[] targets;
  private final float[] weights;
  private final long[] segmentIds;
  private final int[] epochs;
  private int filled;

  BatchBuilder(SpanCorruption corruption, long corruptionSeed, int sequences) {
    this.corruption = corruption;
    this.corruptionSeed = corruptionSeed;
    this.encoderLength = corruption.lengths().inputs();
    this.decoderLength = corruption.lengths().targets();
    this.encoderInputs = new int[Math.multiplyExact(sequences, encoderLength)];
    this.decoderInputs = new int[Math.multiplyExact(sequences, decoderLength)];
    this.targets = new int[decoderInputs.length];
    this.weights = new float[decoderInputs.length];
    this.segmentIds = new long[sequences];
    this.epochs = new int[sequences];
    Arrays.fill(encoderInputs, VocabularySpec.PAD);
    Arrays.fill(decoderInputs, VocabularySpec.PAD);
    Arrays.fill(targets, VocabularySpec.PAD);
  }

  /** Corrupts a segment, {@code <int32>[segment]}, into the next sequence. */
  void add(int[] tokens, long segmentId, int epoch) {
    boolean[] mask = corruption.mask(corruptionSeed, segmentId, epoch);
    int[] inputs = corruption.inputs(tokens, mask);
    int[] target = corruption.targets(tokens, mask);
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
