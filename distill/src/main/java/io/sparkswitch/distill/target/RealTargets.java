package io.sparkswitch.distill.target;

import io.sparkswitch.data.batch.Batch;
import java.util.stream.IntStream;

/** Where a batch has something to predict. */
public final class RealTargets {
  private RealTargets() {}

  /** Flat indices into {@code [batch, decoderLength]}, ascending. */
  public static int[] of(Batch batch) {
    float[] weights = batch.decoderLossWeights();
    return IntStream.range(0, weights.length).filter(i -> weights[i] > 0).toArray();
  }

  /** Number of targets of a sequence. */
  public static int count(Batch batch, int sequence) {
    int count = 0;
    int from = sequence * batch.decoderLength();
    for (int i = from; i < from + batch.decoderLength(); i++) {
      count += batch.decoderLossWeights()[i] > 0 ? 1 : 0;
    }
    return count;
  }
}
