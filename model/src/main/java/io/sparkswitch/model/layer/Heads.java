package io.sparkswitch.model.layer;

import org.bytedeco.pytorch.Tensor;

/**
 * Between rows and heads.
 *
 * @param batch sequences
 * @param heads heads
 * @param headDim channels a head
 */
public record Heads(long batch, long heads, long headDim) {

  /**
   * @param rows {@code <float>[batch × length, parts × inner]}
   * @return {@code <float>[parts, batch × heads, length, headDim]}, contiguous
   */
  Tensor split(Tensor rows, long parts, long length) {
    return rows.view(batch, length, parts, heads, headDim)
        .permute(2, 0, 3, 1, 4)
        .contiguous()
        .view(parts, batch * heads, length, headDim);
  }

  /** The way back of {@link #split}. */
  Tensor join(Tensor split) {
    long parts = split.size(0);
    long length = split.size(2);
    return split
        .view(parts, batch, heads, length, headDim)
        .permute(1, 3, 0, 2, 4)
        .contiguous()
        .view(batch * length, parts * heads * headDim);
  }
}
