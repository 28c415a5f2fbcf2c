package io.sparkswitch.model.t5;

import io.sparkswitch.model.layer.Attention;
import io.sparkswitch.model.layer.Dropout;
import io.sparkswitch.model.layer.FeedForward;
import io.sparkswitch.model.layer.RmsNorm;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.SwitchLayer;
import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.tensor.Noise.Site;
import org.bytedeco.pytorch.Tensor;

/**
 * One pre-norm block: self-attention, in the decoder cross-attention, feed-forward.
 *
 * @param index global index of the block, the key of its draws and messages
 * @param selfAttention with its norm
 * @param crossAttention with its norm; null in the encoder
 * @param dense with its norm; null where the block is sparse
 * @param sparse null where the block is dense
 */
record Block(
    int index,
    Normed<Attention> selfAttention,
    Normed<Attention> crossAttention,
    Normed<FeedForward> dense,
    SwitchLayer sparse) {

  /** A sublayer and the norm before it, {@code <float>[embed]}. */
  record Normed<T>(Tensor norm, T layer) {}

  /**
   * What a stack's blocks attend to.
   *
   * @param selfBias {@code <float>[1 or batch, heads, length, length]}
   * @param memory {@code <float>[batch, encoderLength, embed]}; null in the encoder
   * @param memoryMask {@code <float>[batch, 1, 1, encoderLength]}; null without padding
   */
  record Context(Tensor selfBias, Tensor memory, Tensor memoryMask) {}

  Tensor apply(Tensor x, Context context, Pass pass, TokenGroups groups, Dropout dropout) {
    Tensor h = RmsNorm.apply(x, selfAttention.norm);
    Tensor mixed =
        selfAttention.layer.apply(
            h, h, context.selfBias, dropout, index, Site.ATTENTION_PROBABILITIES);
    x = x.add(dropout.apply(mixed, index, Site.ATTENTION_OUTPUT));
    if (crossAttention != null) {
      h = RmsNorm.apply(x, crossAttention.norm);
      mixed =
          crossAttention.layer.apply(
              h,
              context.memory,
              context.memoryMask,
              dropout,
              index,
              Site.CROSS_ATTENTION_PROBABILITIES);
      x = x.add(dropout.apply(mixed, index, Site.CROSS_ATTENTION_OUTPUT));
    }
    if (sparse != null) {
      return sparse.apply(x, pass, groups, dropout);
    }
    h = RmsNorm.apply(x, dense.norm);
    Tensor y =
        dense.layer.apply(h, hidden -> dropout.apply(hidden, index, Site.FEED_FORWARD_HIDDEN));
    return x.add(dropout.apply(y, index, Site.FEED_FORWARD_OUTPUT));
  }
}
