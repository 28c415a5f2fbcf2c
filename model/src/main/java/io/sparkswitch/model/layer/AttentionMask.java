package io.sparkswitch.model.layer;

import org.bytedeco.pytorch.Tensor;

/**
 * What is added to attention scores.
 *
 * @param bias {@code <float>[1, heads, length, keys]}: a leaf, whose gradient is wanted; null for
 *     none
 * @param padding {@code <float>[batch, 1, 1, keys]}: 0 at tokens, -inf at padding; null for none
 */
public record AttentionMask(Tensor bias, Tensor padding) {}
