package io.sparkswitch.model.t5;

import io.sparkswitch.model.exchange.ExpertPlacement;
import io.sparkswitch.model.layer.Attention;
import io.sparkswitch.model.layer.FeedForward;
import io.sparkswitch.model.moe.Expert;
import io.sparkswitch.model.moe.Router;
import io.sparkswitch.model.moe.SwitchAttention;
import io.sparkswitch.model.moe.SwitchLayer;
import io.sparkswitch.model.t5.Block.Mlp;
import io.sparkswitch.model.t5.Block.Normed;
import io.sparkswitch.model.t5.Block.SelfAttention;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.tensor.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Makes blocks of parameters that live elsewhere.
 *
 * @param config the architecture
 * @param dense parameters that every rank holds
 * @param experts parameters of this rank's experts
 * @param seat which experts those are
 * @param routerType what routers compute in
 */
record StackBuilder(
    T5Config config, Parameters dense, Parameters experts, Seat seat, ScalarType routerType) {

  /**
   * Which experts are at hand.
   *
   * @param rank this process's rank
   * @param size ranks over which the experts are spread
   */
  record Seat(int rank, int size) {}

  List<Block> blocks(StackKind stack) {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < config.layers(stack); i++) {
      blocks.add(block(stack, i));
    }
    return blocks;
  }

  private Block block(StackKind stack, int i) {
    String prefix = stack + ".block." + i + ".layer.";
    int index = stack == StackKind.ENCODER ? i : config.encoderLayers() + i;
    Normed<Attention> cross =
        stack == StackKind.ENCODER
            ? null
            : normed(prefix + "1.", attention(prefix + "1.EncDecAttention."));
    String last = prefix + (stack == StackKind.ENCODER ? "1." : "2.");
    return new Block(
        index,
        normed(prefix + "0.", selfAttention(stack, i, index, prefix + "0.SelfAttention.")),
        cross,
        normed(last, mlp(stack, i, index)));
  }

  private <T> Normed<T> normed(String prefix, T layer) {
    return new Normed<>(dense.value(prefix + "layer_norm.weight"), layer);
  }

  private Attention attention(String prefix) {
    return new Attention(
        dense.value(prefix + "q.weight"),
        dense.value(prefix + "k.weight"),
        dense.value(prefix + "v.weight"),
        dense.value(prefix + "o.weight"),
        config.width().heads(),
        new Attention.Fused(
            dense.joined(List.of(prefix + "k.weight", prefix + "v.weight")),
            dense.joined(List.of(prefix + "q.weight", prefix + "k.weight", prefix + "v.weight"))));
  }

  private SelfAttention selfAttention(StackKind stack, int i, int index, String prefix) {
    if (!config.hasSparseAttention(stack, i)) {
      return new SelfAttention(attention(prefix), null);
    }
    // Routers of attention are numbered after those of all blocks' feed-forwards.
    int first = config.encoderLayers() + config.decoderLayers() + 2 * index;
    String name = stack + "." + i;
    SwitchLayer query = linear(name + ".query", first, prefix + "q.");
    SwitchLayer keyValue = linear(name + ".key-value", first + 1, prefix + "kv.");
    Tensor output = dense.value(prefix + "o.weight");
    return new SelfAttention(
        null, new SwitchAttention(query, keyValue, output, config.width().heads()));
  }

  private SwitchLayer linear(String name, int index, String prefix) {
    List<Expert> local =
        local(e -> Expert.linear(experts.value(prefix + "experts.expert_" + e + ".weight")));
    return new SwitchLayer(router(name, index, prefix), local, config.width().inner());
  }

  private Mlp mlp(StackKind stack, int i, int index) {
    String prefix = T5Parameters.feedForward(config, stack, i);
    if (!config.hasSparseFeedForward(stack, i)) {
      return new Mlp(feedForward(dense, prefix), null);
    }
    List<Expert> local =
        local(e -> feedForward(experts, prefix + "experts.expert_" + e + ".")::section);
    Router router = router(stack + "." + i, index, prefix);
    return new Mlp(null, new SwitchLayer(router, local, config.width().embed()));
  }

  private List<Expert> local(Function<Integer, Expert> expert) {
    ExpertPlacement placement = new ExpertPlacement(config.experts(), seat.size());
    List<Expert> local = new ArrayList<>();
    for (int e = placement.first(seat.rank()); e < placement.first(seat.rank() + 1); e++) {
      local.add(expert.apply(e));
    }
    return local;
  }

  private Router router(String name, int index, String prefix) {
    return new Router(name, index, dense.value(prefix + "router.classifier.weight"), routerType);
  }

  private FeedForward feedForward(Parameters parameters, String prefix) {
    return config.conventions().feedForward() == FeedForwardKind.RELU
        ? new FeedForward(
            parameters.value(prefix + "wi.weight"), null, parameters.value(prefix + "wo.weight"))
        : new FeedForward(
            parameters.value(prefix + "wi_1.weight"),
            parameters.value(prefix + "wi_0.weight"),
            parameters.value(prefix + "wo.weight"));
  }
}
