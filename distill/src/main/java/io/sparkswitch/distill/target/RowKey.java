package io.sparkswitch.distill.target;

import io.sparkswitch.model.tensor.Noise;

/**
 * What a row of soft targets is of: a segment with its masks.
 *
 * @param segmentId the segment it was made from
 * @param corruptionSeed fixes the masks, with segment and epoch
 * @param epoch the pass over the data
 */
public record RowKey(long segmentId, long corruptionSeed, int epoch) {
  /** Keeps the draws of targets apart from all others that are functions of the same numbers. */
  private static final long TARGETS = 0x736F667474617267L;

  /** A key of one of the row's positions, to draw from. */
  long ofPosition(int position) {
    long key = Noise.mix(TARGETS ^ segmentId);
    key = Noise.mix(key ^ corruptionSeed);
    key = Noise.mix(key ^ epoch);
    return Noise.mix(key ^ position);
  }
}
