package io.sparkswitch.distill.target;

import org.bytedeco.pytorch.Tensor;

/** What is kept of a teacher's distributions. */
sealed interface TargetRule permits FullTargets, TopKTargets, SampledTargets {

  /**
   * @param probabilities {@code <float>[positions, vocab]}
   * @param keys one a position, for rules that draw
   */
  Distributions of(Tensor probabilities, long[] keys);

  static TargetRule of(TargetsSettings settings) {
    return switch (settings.kind()) {
      case FULL -> new FullTargets(settings.values());
      case TOP_K -> new TopKTargets(settings.kept(), settings.values());
      case SAMPLED -> new SampledTargets(settings.kept());
    };
  }
}
