package io.sparkswitch.model.t5;

import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.ParameterSpec.Initialiser;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names (Hugging Face's), shapes and initialisers of a model's parameters: the dense ones,
 * which every executor holds, and the experts', which live where {@code ExpertPlacement} says.
 */
public final class T5Parameters {
  private static final Pattern EXPERT = Pattern.compile("\\.experts\\.expert_(\\d+)\\.");

  private final T5Config config;
  private final int firstExpert;
  private final int lastExpert; // exclusive
  private final List<ParameterSpec> dense = new ArrayList<>();
  private final List<ParameterSpec> experts = new ArrayList<>();

  private T5Parameters(T5Config config, int firstExpert, int lastExpert) {
    this.config = config;
    this.firstExpert = firstExpert;
    this.lastExpert = lastExpert;
  }

  /** Dense parameters, router included, in the order of the forward pass. */
  public static List<ParameterSpec> dense(T5Config config) {
    return build(config, 0, 0).dense;
  }

  /**
   * Parameters of experts {@code [from, to)} of every sparse layer; no others are listed.
   *
   * @throws IllegalArgumentException there are no such experts
   */
  public static List<ParameterSpec> experts(T5Config config, int from, int to) {
    if (from < 0 || from > to || to > config.experts()) {
      throw new IllegalArgumentException(
          "experts [%d, %d) of %d".formatted(from, to, config.experts()));
    }
    return build(config, from, to).experts;
  }

  /** Global id of the expert that owns the parameter, -1 for a dense parameter. */
  public static int expertOf(String name) {
    Matcher matcher = EXPERT.matcher(name);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : -1;
  }

  /** Name prefix of a block's feed-forward, e.g. {@code encoder.block.1.layer.1.mlp.}. */
  static String feedForward(T5Config config, StackKind stack, int block) {
    String module = config.sparse().isPresent() ? "mlp" : "DenseReluDense";
    int layer = stack == StackKind.ENCODER ? 1 : 2;
    return "%s.block.%d.layer.%d.%s.".formatted(stack, block, layer, module);
  }

  private static T5Parameters build(T5Config config, int firstExpert, int lastExpert) {
    T5Parameters parameters = new T5Parameters(config, firstExpert, lastExpert);
    Width w = config.width();
    parameters.dense("shared.weight", Initialiser.normal(1), config.vocab(), w.embed());
    parameters.stack(StackKind.ENCODER);
    parameters.stack(StackKind.DECODER);
    if (!config.conventions().tiedOutput()) {
      Initialiser head = Initialiser.normal(1 / Math.sqrt(w.embed()));
      parameters.dense("lm_head.weight", head, config.vocab(), w.embed());
    }
    return parameters;
  }

  private void stack(StackKind stack) {
    for (int block = 0; block < config.layers(stack); block++) {
      String prefix = stack + ".block." + block + ".layer.";
      String self = prefix + "0.SelfAttention.";
      if (config.hasSparseAttention(stack, block)) {
        switchAttention(self);
      } else {
        attention(self);
      }
      if (block == 0) {
        int buckets = config.conventions().relativeBuckets();
        Initialiser bias = Initialiser.normal(1 / Math.sqrt(config.width().embed()));
        dense(self + "relative_attention_bias.weight", bias, buckets, config.width().heads());
      }
      norm(prefix + "0.layer_norm.weight");
      int layer = 1;
      if (stack == StackKind.DECODER) {
        attention(prefix + "1.EncDecAttention.");
        norm(prefix + "1.layer_norm.weight");
        layer = 2;
      }
      feedForward(stack, block);
      norm(prefix + layer + ".layer_norm.weight");
    }
    norm(stack + ".final_layer_norm.weight");
  }

  private void attention(String prefix) {
    Width w = config.width();
    dense(prefix + "q.weight", query(), w.inner(), w.embed());
    dense(prefix + "k.weight", keyValue(), w.inner(), w.embed());
    dense(prefix + "v.weight", keyValue(), w.inner(), w.embed());
    dense(prefix + "o.weight", attentionOutput(), w.embed(), w.inner());
  }

  private void switchAttention(String prefix) {
    Width w = config.width();
    linearExperts(prefix + "q.", query());
    linearExperts(prefix + "kv.", keyValue());
    dense(prefix + "o.weight", attentionOutput(), w.embed(), w.inner());
  }

  private void linearExperts(String prefix, Initialiser initialiser) {
    int embed = config.width().embed();
    dense(prefix + "router.classifier.weight", truncated(embed), config.experts(), embed);
    for (int e = firstExpert; e < lastExpert; e++) {
      String name = prefix + "experts.expert_" + e + ".weight";
      experts.add(spec(name, initialiser, config.width().inner(), embed));
    }
  }

  /** As T5: attention scores are not scaled, so queries are. */
  private Initialiser query() {
    Width w = config.width();
    return Initialiser.normal(1 / Math.sqrt((double) w.embed() * w.headDim()));
  }

  private Initialiser keyValue() {
    return Initialiser.normal(1 / Math.sqrt(config.width().embed()));
  }

  private Initialiser attentionOutput() {
    return Initialiser.normal(1 / Math.sqrt(config.width().inner()));
  }

  private void feedForward(StackKind stack, int block) {
    String prefix = feedForward(config, stack, block);
    if (!config.hasSparseFeedForward(stack, block)) {
      feedForward(prefix, dense, config.conventions().feedForward());
      return;
    }
    int embed = config.width().embed();
    dense(prefix + "router.classifier.weight", truncated(embed), config.experts(), embed);
    for (int e = firstExpert; e < lastExpert; e++) {
      String expert = prefix + "experts.expert_" + e + ".";
      feedForward(expert, experts, config.conventions().feedForward());
    }
  }

  private void feedForward(String prefix, List<ParameterSpec> into, FeedForwardKind kind) {
    int embed = config.width().embed();
    int mlp = config.width().mlp();
    List<String> inputs = kind == FeedForwardKind.RELU ? List.of("wi") : List.of("wi_0", "wi_1");
    for (String input : inputs) {
      into.add(spec(prefix + input + ".weight", truncated(embed), mlp, embed));
    }
    into.add(spec(prefix + "wo.weight", truncated(mlp), embed, mlp));
  }

  private Initialiser truncated(int fanIn) {
    return Initialiser.truncatedNormal(config.conventions().initialisationScale(), fanIn);
  }

  private void norm(String name) {
    dense(name, Initialiser.ones(), config.width().embed());
  }

  private void dense(String name, Initialiser initialiser, long... shape) {
    dense.add(spec(name, initialiser, shape));
  }

  private static ParameterSpec spec(String name, Initialiser initialiser, long... shape) {
    return new ParameterSpec(name, shape, initialiser, name.replace("DenseReluDense", "mlp"));
  }
}
