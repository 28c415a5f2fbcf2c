package io.sparkswitch.model.t5;

import io.sparkswitch.model.layer.Dropout;
import io.sparkswitch.model.layer.RelativePositionBias;
import io.sparkswitch.model.layer.RmsNorm;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.RouterLosses;
import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.t5.Block.Context;
import io.sparkswitch.model.t5.Block.Walk;
import io.sparkswitch.model.tensor.Noise.Site;
import io.sparkswitch.model.tensor.Phase;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The encoder's or the decoder's blocks over parameters that live elsewhere. */
final class Stack {
  private final StackKind kind;
  private final T5Config config;
  private final List<Block> blocks;
  private final RelativePositionBias relativeBias;
  private final Tensor relativeTable;
  private final Tensor finalNorm;

  Stack(StackKind kind, StackBuilder builder) {
    this.kind = kind;
    this.config = builder.config();
    this.blocks = builder.blocks(kind);
    this.relativeBias =
        new RelativePositionBias(
            config.conventions().relativeBuckets(),
            config.conventions().relativeMaxDistance(),
            kind == StackKind.ENCODER);
    this.relativeTable =
        builder
            .dense()
            .value(kind + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight");
    this.finalNorm = builder.dense().value(kind + ".final_layer_norm.weight");
  }

  /**
   * Learnt relative positions and, in the decoder, the causal mask.
   *
   * @return {@code <float>[1, heads, length, length]}
   */
  Tensor selfBias(int length, ScalarType dtype) {
    Tensor bias = relativeBias.apply(relativeTable, length).to(dtype);
    return kind == StackKind.ENCODER
        ? bias
        : bias.add(RelativePositionBias.causalMask(length, dtype));
  }

  /**
   * Relative positions of the decoder's query at {@code position} and the keys up to it.
   *
   * @return {@code <float>[1, heads, 1, position + 1]}
   */
  Tensor selfBiasAt(int position, ScalarType dtype) {
    return relativeBias.row(relativeTable, position).to(dtype);
  }

  List<Block> blocks() {
    return blocks;
  }

  /** The final norm, of {@code <float>[..., embed]}. */
  Tensor normed(Tensor x) {
    return RmsNorm.apply(x, finalNorm);
  }

  /**
   * @param x {@code <float>[batch, length, embed]}: embedded tokens
   * @return {@code <float>[batch, length, embed]}, after the final norm
   */
  Tensor apply(Tensor x, Context context, Pass pass, TokenGroups groups) {
    Dropout dropout = pass.draws().dropout(groups);
    RouterLosses losses = new RouterLosses(pass, groups, someLayerDense());
    Walk walk = new Walk(pass, groups, dropout, losses);
    int first = kind == StackKind.ENCODER ? 0 : config.encoderLayers();
    x = dropout.apply(x, first, Site.EMBEDDING);
    for (int i = 0; i < blocks.size(); i++) {
      pass.seen().hidden(kind + "." + i, x);
      x = blocks.get(i).apply(x, context, walk);
    }
    x = pass.tape().keep(x);
    pass.tape().end(Phase.OTHER);
    losses.finish();
    x = normed(x);
    pass.seen().hidden(kind.toString(), x);
    return dropout.apply(x, first, Site.STACK_OUTPUT);
  }

  private boolean someLayerDense() {
    return config.sparse().map(s -> s.blocks().of(kind).size() < blocks.size()).orElse(true);
  }
}
