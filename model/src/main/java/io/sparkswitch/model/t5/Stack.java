package io.sparkswitch.model.t5;

import io.sparkswitch.model.exchange.ExpertPlacement;
import io.sparkswitch.model.layer.Attention;
import io.sparkswitch.model.layer.Dropout;
import io.sparkswitch.model.layer.FeedForward;
import io.sparkswitch.model.layer.RelativePositionBias;
import io.sparkswitch.model.layer.RmsNorm;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.Router;
import io.sparkswitch.model.moe.SwitchLayer;
import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.t5.Block.Context;
import io.sparkswitch.model.t5.Block.Normed;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.tensor.Noise.Site;
import io.sparkswitch.model.tensor.Parameters;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** The encoder's or the decoder's blocks over parameters that live elsewhere. */
final class Stack {
  private final String name;
  private final T5Config config;
  private final Parameters dense;
  private final Parameters experts;
  private final ExpertPlacement placement;
  private final int rank;
  private final List<Block> blocks = new ArrayList<>();
  private final RelativePositionBias relativeBias;

  Stack(String name, T5Config config, Parameters dense, Parameters experts, Seat seat) {
    this.name = name;
    this.config = config;
    this.dense = dense;
    this.experts = experts;
    this.rank = seat.rank();
    this.placement =
        config.sparse().map(s -> new ExpertPlacement(s.experts(), seat.size())).orElse(null);
    this.relativeBias =
        new RelativePositionBias(
            config.conventions().relativeBuckets(),
            config.conventions().relativeMaxDistance(),
            isEncoder());
    int count = isEncoder() ? config.encoderLayers() : config.decoderLayers();
    for (int i = 0; i < count; i++) {
      blocks.add(block(i));
    }
  }

  /**
   * Which experts are at hand.
   *
   * @param rank this process's rank
   * @param size ranks over which the experts are spread
   */
  record Seat(int rank, int size) {}

  private boolean isEncoder() {
    return name.equals("encoder");
  }

  /** Learnt relative positions and, in the decoder, the causal mask. */
  Tensor selfBias(int length) {
    Tensor table =
        dense.value(name + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight");
    Tensor bias = relativeBias.apply(table, length);
    return isEncoder()
        ? bias
        : bias.add(RelativePositionBias.causalMask(length, bias.scalar_type()));
  }

  /**
   * @param x {@code <float>[batch, length, embed]}: embedded tokens
   * @return {@code <float>[batch, length, embed]}, after the final norm
   */
  Tensor apply(Tensor x, Context context, Pass pass, TokenGroups groups) {
    Dropout dropout = new Dropout(pass.dropoutRate(), pass.noise(), groups.firstSequence());
    int first = isEncoder() ? 0 : config.encoderLayers();
    x = dropout.apply(x, first, Site.EMBEDDING);
    for (Block block : blocks) {
      x = block.apply(x, context, pass, groups, dropout);
    }
    x = RmsNorm.apply(x, dense.value(name + ".final_layer_norm.weight"));
    return dropout.apply(x, first, Site.STACK_OUTPUT);
  }

  private Block block(int i) {
    String prefix = name + ".block." + i + ".layer.";
    Normed<Attention> cross = isEncoder() ? null : attention(prefix + "1.", "EncDecAttention.");
    Tensor norm = dense.value(prefix + (isEncoder() ? 1 : 2) + ".layer_norm.weight");
    String feedForward = T5Parameters.feedForward(config, name, i);
    int index = isEncoder() ? i : config.encoderLayers() + i;
    Normed<Attention> self = attention(prefix + "0.", "SelfAttention.");
    return config.isSparse(i)
        ? new Block(index, self, cross, null, sparse(norm, index, i, feedForward))
        : new Block(index, self, cross, new Normed<>(norm, expert(dense, feedForward)), null);
  }

  private Normed<Attention> attention(String prefix, String module) {
    String weights = prefix + module;
    Attention attention =
        new Attention(
            dense.value(weights + "q.weight"),
            dense.value(weights + "k.weight"),
            dense.value(weights + "v.weight"),
            dense.value(weights + "o.weight"),
            config.width().heads());
    return new Normed<>(dense.value(prefix + "layer_norm.weight"), attention);
  }

  private SwitchLayer sparse(Tensor norm, int index, int block, String prefix) {
    List<FeedForward> local = new ArrayList<>();
    for (int e = placement.first(rank); e < placement.first(rank + 1); e++) {
      local.add(expert(experts, prefix + "experts.expert_" + e + "."));
    }
    Tensor weight = dense.value(prefix + "router.classifier.weight");
    return new SwitchLayer(norm, new Router(name + "." + block, index, weight), local);
  }

  private FeedForward expert(Parameters parameters, String prefix) {
    return config.conventions().feedForward() == FeedForwardKind.RELU
        ? new FeedForward(
            parameters.value(prefix + "wi.weight"), null, parameters.value(prefix + "wo.weight"))
        : new FeedForward(
            parameters.value(prefix + "wi_1.weight"),
            parameters.value(prefix + "wi_0.weight"),
            parameters.value(prefix + "wo.weight"));
  }
}
