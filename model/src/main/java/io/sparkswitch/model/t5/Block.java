package io.sparkswitch.model.t5;

import io.sparkswitch.model.layer.Attention;
import io.sparkswitch.model.layer.AttentionMask;
import io.sparkswitch.model.layer.Dropout;
import io.sparkswitch.model.layer.FeedForward;
import io.sparkswitch.model.layer.Residual;
import io.sparkswitch.model.layer.RmsNorm;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.RouterLosses;
import io.sparkswitch.model.moe.SwitchAttention;
import io.sparkswitch.model.moe.SwitchLayer;
import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.tensor.Noise.Site;
import io.sparkswitch.model.tensor.Phase;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * One pre-norm block: self-attention, in the decoder cross-attention, feed-forward.
 *
 * @param index global index of the block, the key of its draws
 * @param selfAttention with its norm
 * @param crossAttention with its norm; null in the encoder
 * @param feedForward with its norm
 */
record Block(
    int index,
    Normed<SelfAttention> selfAttention,
    Normed<Attention> crossAttention,
    Normed<Mlp> feedForward) {

  /** A sublayer and the norm before it, {@code <float>[embed]}. */
  record Normed<T>(Tensor norm, T layer) {
    Tensor normed(Tensor x) {
      return RmsNorm.apply(x, norm);
    }
  }

  /** One of the two is null. */
  record SelfAttention(Attention dense, SwitchAttention sparse) {}

  /** One of the two is null. */
  record Mlp(FeedForward dense, SwitchLayer sparse) {}

  /**
   * What a stack's blocks attend to.
   *
   * @param own mask of self-attention
   * @param memory {@code <float>[batch, encoderLength, embed]}: a leaf; null in the encoder
   * @param memoryMask of cross-attention
   */
  record Context(AttentionMask own, Tensor memory, AttentionMask memoryMask) {}

  /** What all blocks of a stack share in a pass. */
  record Walk(Pass pass, TokenGroups groups, Dropout dropout, RouterLosses losses) {}

  Tensor apply(Tensor x, Context context, Walk walk) {
    Tensor attended =
        selfAttention.layer.sparse == null ? attend(x, context, walk) : route(x, context, walk);
    Tensor crossed = crossAttention == null ? attended : crossAttend(attended, context, walk);
    return feedForward.layer.sparse == null ? transform(crossed, walk) : dispatch(crossed, walk);
  }

  private Tensor attend(Tensor x, Context context, Walk walk) {
    Dropout dropout = walk.dropout;
    return walk.pass
        .tape()
        .section(
            Phase.ATTENTION,
            x,
            () ->
                new Residual(
                    selfAttention.norm,
                    selfAttention.layer.dense.toItself(
                        x.size(0),
                        x.size(1),
                        context.own,
                        dropout.factors(index, Site.ATTENTION_PROBABILITIES)),
                    dropout.factors(index, Site.ATTENTION_OUTPUT)));
  }

  private Tensor route(Tensor x, Context context, Walk walk) {
    Tensor input = walk.pass.tape().enter(Phase.ROUTING, x);
    Tensor residual = walk.pass.tape().keep(input);
    Tensor mixed =
        selfAttention.layer.sparse.apply(
            rows(selfAttention.normed(input), walk),
            context.own,
            walk.pass,
            walk.groups,
            walk.losses,
            walk.dropout.factors(index, Site.ATTENTION_PROBABILITIES));
    return residual.add(walk.dropout.apply(mixed.view_as(x), index, Site.ATTENTION_OUTPUT));
  }

  private Tensor crossAttend(Tensor x, Context context, Walk walk) {
    Dropout dropout = walk.dropout;
    return walk.pass
        .tape()
        .section(
            Phase.ATTENTION,
            x,
            () ->
                new Residual(
                    crossAttention.norm,
                    crossAttention.layer.to(
                        context.memory,
                        x.size(1),
                        context.memoryMask,
                        dropout.factors(index, Site.CROSS_ATTENTION_PROBABILITIES)),
                    dropout.factors(index, Site.CROSS_ATTENTION_OUTPUT)));
  }

  private Tensor transform(Tensor x, Walk walk) {
    return walk.pass
        .tape()
        .section(
            Phase.FEED_FORWARD,
            x,
            () ->
                new Residual(
                    feedForward.norm,
                    feedForward.layer.dense.section(hiddenDropout(x, walk)),
                    walk.dropout.factors(index, Site.FEED_FORWARD_OUTPUT)));
  }

  /** Draws belong to sequences, while feed-forwards see rows. */
  private UnaryOperator<Tensor> hiddenDropout(Tensor x, Walk walk) {
    UnaryOperator<Tensor> factors = walk.dropout.factors(index, Site.FEED_FORWARD_HIDDEN);
    return factors == null
        ? null
        : hidden ->
            factors.apply(hidden.view(x.size(0), x.size(1), hidden.size(1))).view_as(hidden);
  }

  private Tensor dispatch(Tensor x, Walk walk) {
    Tensor input = walk.pass.tape().enter(Phase.ROUTING, x);
    Tensor h = rows(feedForward.normed(input), walk); // [tokens, embed]
    Tensor residual = walk.pass.tape().keep(input);
    Tensor y = feedForward.layer.sparse.apply(h, walk.pass, walk.groups, walk.losses);
    return residual.add(walk.dropout.apply(y.view_as(x), index, Site.FEED_FORWARD_OUTPUT));
  }

  private static Tensor rows(Tensor x, Walk walk) {
    return x.view(walk.groups.tokens(), x.size(2));
  }
}
