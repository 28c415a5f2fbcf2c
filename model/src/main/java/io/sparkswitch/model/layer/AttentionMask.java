package io.sparkswitch.model.layer;

import org.bytedeco.pytorch.Tensor;

/**
 * What is added to attention scores.
 *
 * @param bias {@code <float>[1, heads, length, keys]}: a leaf, whose gradient is wanted; null for
 *     none
 * @param hidden {@code <float>[batch, 1, 1 or length, keys]}: 0 at keys that are seen, -inf at
 *     padding and at other texts; null for none
 */
public record AttentionMask(Tensor bias, Tensor hidden) {}
