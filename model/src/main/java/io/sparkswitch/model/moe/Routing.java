package io.sparkswitch.model.moe;

import org.bytedeco.pytorch.Tensor;

/**
 * A router's decision: a value, made at the source of the tokens. A request is a token's choice of
 * an expert, numbered token × choices + choice.
 *
 * @param choices requests a token may make
 * @param expertIndex {@code <int32>[tokens × choices]}: the experts asked for before capacity, -1
 *     at padding
 * @param kept {@code [tokens × choices]}: whether the expert computes the token by this request
 * @param tokens {@code <int32>[rows sent]}: the tokens of the kept requests, by expert, then by
 *     position
 * @param expertCounts {@code <int32>[experts]}: kept requests an expert
 * @param combineWeights {@code <float>[rows sent]}: the gates, in the order of {@code tokens}
 * @param logits {@code <float>[tokens, experts]}
 * @param losses this rank's shares
 * @param metrics what is reported
 */
public record Routing(
    int choices,
    int[] expertIndex,
    boolean[] kept,
    int[] tokens,
    int[] expertCounts,
    Tensor combineWeights,
    Tensor logits,
    Losses losses,
    LayerMetrics metrics) {

  /**
   * This rank's shares of the layer's losses over the whole batch, without their factors, as the
   * paper reckons them.
   *
   * @param auxiliary scalar: load balancing
   * @param z scalar: the router z-loss
   */
  public record Losses(Tensor auxiliary, Tensor z) {}
}
