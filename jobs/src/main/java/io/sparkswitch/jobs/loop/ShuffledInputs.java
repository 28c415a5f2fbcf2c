package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.batch.Batch;

/**
 * A yardstick: what a model still predicts when its encoder reads another sequence's input. The
 * difference to its plain loss is what it draws from its context.
 */
final class ShuffledInputs {
  private ShuffledInputs() {}

  /**
   * Every sequence with the encoder input of the next one of its routing group, the last with that
   * of the first: groups stay whole, so that any layout shuffles alike.
   *
   * @param group sequences of a routing group; 0 for the whole batch
   * @throws IllegalArgumentException if the batch is packed, whose inputs cannot be exchanged
   */
  static Batch of(Batch batch, int group) {
    if (batch.packing().isPresent()) {
      throw new IllegalArgumentException("packed sequences cannot exchange their inputs");
    }
    int length = batch.encoderLength();
    int[] inputs = new int[batch.encoderInputTokens().length];
    int size = group == 0 ? batch.sequences() : group;
    for (int i = 0; i < batch.sequences(); i++) {
      int first = i / size * size;
      int members = Math.min(size, batch.sequences() - first);
      int from = first + (i - first + 1) % members;
      System.arraycopy(batch.encoderInputTokens(), from * length, inputs, i * length, length);
    }
    return new Batch(
        batch.sequences(),
        length,
        batch.decoderLength(),
        inputs,
        batch.decoderInputTokens(),
        batch.decoderTargetTokens(),
        batch.decoderLossWeights(),
        batch.segmentIds(),
        batch.epochs());
  }
}
