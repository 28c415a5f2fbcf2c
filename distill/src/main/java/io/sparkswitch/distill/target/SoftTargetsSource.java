package io.sparkswitch.distill.target;

import org.bytedeco.pytorch.Tensor;

/** The distributions of a batch, where they are asked for: stored ones, or a teacher at hand. */
@FunctionalInterface
public interface SoftTargetsSource {

  /**
   * The distributions of some positions.
   *
   * @param chosen {@code <int64>[tokens]}
   */
  SoftTargetsBatch at(Tensor chosen);
}
