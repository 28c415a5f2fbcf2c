package io.sparkswitch.model.moe;

import org.bytedeco.pytorch.Tensor;

/**
 * A router's decision: a value, made at the source of the tokens.
 *
 * @param expertIndex {@code <int32>[tokens]}: the most probable expert before capacity, -1 at
 *     padding
 * @param kept {@code [tokens]}: whether the expert computes the token
 * @param order {@code <int32>[tokens sent]}: the kept tokens, by expert, then by position
 * @param expertCounts {@code <int32>[experts]}: kept tokens an expert
 * @param combineWeights {@code <float>[tokens sent]}: the gates, in that order
 * @param auxiliaryLoss scalar: this rank's share of the load-balancing loss, without its factor
 * @param metrics what is reported
 */
public record Routing(
    int[] expertIndex,
    boolean[] kept,
    int[] order,
    int[] expertCounts,
    Tensor combineWeights,
    Tensor auxiliaryLoss,
    LayerMetrics metrics) {}
