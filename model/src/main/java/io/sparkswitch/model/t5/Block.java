package io.sparkswitch.model.t5;

import io.sparkswitch.model.layer.Attention;
import io.sparkswitch.model.layer.Dropout;
import io.sparkswitch.model.layer.FeedForward;
import io.sparkswitch.model.layer.RmsNorm;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.RouterLosses;
import io.sparkswitch.model.moe.SwitchAttention;
import io.sparkswitch.model.moe.SwitchLayer;
import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.tensor.Noise.Site;
import io.sparkswitch.model.tensor.Phase;
import io.sparkswitch.model.tensor.Tape;
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
   * @param selfBias {@code <float>[1 or batch, heads, length, length]}
   * @param memory {@code <float>[batch, encoderLength, embed]}; null in the encoder
   * @param memoryMask {@code <float>[batch, 1, 1, encoderLength]}; null without padding
   */
  record Context(Tensor selfBias, Tensor memory, Tensor memoryMask) {}

  /** What all blocks of a stack share in a pass. */
  record Walk(Pass pass, TokenGroups groups, Dropout dropout, RouterLosses losses) {}

  Tensor apply(Tensor x, Context context, Walk walk) {
    Tape tape = walk.pass.tape();
    Tensor attended =
        selfAttention.layer.sparse == null
            ? tape.section(Phase.ATTENTION, x, in -> attend(in, context, walk))
            : route(x, context, walk);
    Tensor crossed =
        crossAttention == null
            ? attended
            : tape.section(Phase.ATTENTION, attended, in -> crossAttend(in, context, walk));
    return feedForward.layer.sparse == null
        ? tape.section(Phase.FEED_FORWARD, crossed, in -> transform(in, walk))
        : dispatch(crossed, walk);
  }

  private Tensor attend(Tensor x, Context context, Walk walk) {
    Tensor h = selfAttention.normed(x);
    Tensor mixed =
        selfAttention.layer.dense.apply(
            h, h, context.selfBias, walk.dropout, index, Site.ATTENTION_PROBABILITIES);
    return x.add(walk.dropout.apply(mixed, index, Site.ATTENTION_OUTPUT));
  }

  private Tensor route(Tensor x, Context context, Walk walk) {
    Tensor input = enterRouting(x, walk);
    Tensor residual = walk.pass.tape().keep(input);
    Tensor mixed =
        selfAttention.layer.sparse.apply(
            selfAttention.normed(input),
            context.selfBias,
            walk.pass,
            walk.groups,
            walk.losses,
            walk.dropout,
            index);
    return residual.add(walk.dropout.apply(mixed, index, Site.ATTENTION_OUTPUT));
  }

  private Tensor crossAttend(Tensor x, Context context, Walk walk) {
    Tensor mixed =
        crossAttention.layer.apply(
            crossAttention.normed(x),
            context.memory,
            context.memoryMask,
            walk.dropout,
            index,
            Site.CROSS_ATTENTION_PROBABILITIES);
    return x.add(walk.dropout.apply(mixed, index, Site.CROSS_ATTENTION_OUTPUT));
  }

  private Tensor transform(Tensor x, Walk walk) {
    Tensor y =
        feedForward.layer.dense.apply(
            feedForward.normed(x),
            hidden -> walk.dropout.apply(hidden, index, Site.FEED_FORWARD_HIDDEN));
    return x.add(walk.dropout.apply(y, index, Site.FEED_FORWARD_OUTPUT));
  }

  private Tensor dispatch(Tensor x, Walk walk) {
    Tensor input = enterRouting(x, walk);
    Tensor h = feedForward.normed(input).view(walk.groups.tokens(), x.size(2)); // [tokens, embed]
    Tensor residual = walk.pass.tape().keep(input);
    Tensor y = feedForward.layer.sparse.apply(h, walk.pass, walk.groups, walk.losses);
    Tensor output = y.view(x.size(0), x.size(1), x.size(2));
    return residual.add(walk.dropout.apply(output, index, Site.FEED_FORWARD_OUTPUT));
  }

  private static Tensor enterRouting(Tensor x, Walk walk) {
    Tensor input = walk.pass.tape().keep(x);
    walk.pass.tape().end(Phase.ROUTING);
    return input;
  }
}
