package io.sparkswitch.data.batch;

import io.sparkswitch.data.batch.example.Example;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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
  private Packing packing;
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
    finish(segmentId, epoch);
  }

  /** An example, trimmed to the lengths, as the next sequence. */
  void addExample(Example example, long segmentId, int epoch) {
    int[] target = Arrays.copyOf(example.targets(), decoderLength);
    int decoder = filled * decoderLength;
    put(example, filled * encoderLength, decoder);
    System.arraycopy(DecoderInputs.of(target), 0, decoderInputs, decoder, decoderLength);
    finish(segmentId, epoch);
  }

  /** Examples that fit together as the next sequence; makes the batch a packed one. */
  void addPacked(List<Example> examples, long segmentId, int epoch) {
    if (packing == null) {
      packing = Packing.empty(encoderInputs.length, targets.length);
    }
    int from = filled * decoderLength;
    int encoder = filled * encoderLength;
    int decoder = from;
    for (int i = 0; i < examples.size(); i++) {
      Example example = examples.get(i);
      put(example, encoder, decoder);
      int inputs = example.inputs().length;
      number(packing.encoderSegments(), packing.encoderPositions(), encoder, inputs, i + 1);
      int count = example.targets().length;
      number(packing.decoderSegments(), packing.decoderPositions(), decoder, count, i + 1);
      encoder += inputs;
      decoder += count;
    }
    int[] shifted =
        DecoderInputs.of(
            Arrays.copyOfRange(targets, from, from + decoderLength),
            Arrays.copyOfRange(packing.decoderSegments(), from, from + decoderLength));
    System.arraycopy(shifted, 0, decoderInputs, from, decoderLength);
    finish(segmentId, epoch);
  }

  private void put(Example example, int encoder, int decoder) {
    System.arraycopy(example.inputs(), 0, encoderInputs, encoder, example.inputs().length);
    System.arraycopy(example.targets(), 0, targets, decoder, example.targets().length);
    Arrays.fill(weights, decoder, decoder + example.targets().length, 1f);
  }

  private static void number(int[] segments, int[] positions, int from, int count, int segment) {
    for (int i = 0; i < count; i++) {
      segments[from + i] = segment;
      positions[from + i] = i;
    }
  }

  private void finish(long segmentId, int epoch) {
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
        epochs,
        Optional.ofNullable(packing));
  }
}
