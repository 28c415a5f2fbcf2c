package io.sparkswitch.model.t5;

import org.bytedeco.pytorch.Tensor;

/**
 * The target tokens of a rank's part of a batch.
 *
 * @param positions {@code <int64>[tokens]}: their places in [batch × decoderLength], ascending
 * @param labels {@code <int64>[tokens]}
 */
public record Targets(Tensor positions, Tensor labels) {}
