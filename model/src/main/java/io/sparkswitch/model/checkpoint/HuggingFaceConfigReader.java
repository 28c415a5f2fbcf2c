package io.sparkswitch.model.checkpoint;

import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Blocks;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Conventions;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Experts;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.RouterTraining;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Sizes;
import java.util.Optional;

/**
 * Reads {@code config.json}. Absent fields have the defaults of transformers' {@code T5Config},
 * {@code MT5Config} and {@code SwitchTransformersConfig}, where older files lack them.
 */
final class HuggingFaceConfigReader {
  static final String SWITCH = "switch_transformers";
  static final double EPSILON = 1e-6;

  private final JsonFields fields;

  HuggingFaceConfigReader(JsonFields fields) {
    this.fields = fields;
  }

  HuggingFaceConfig read() {
    String type = fields.text("model_type", "");
    switch (type) {
      case "t5", "mt5", SWITCH -> {}
      case "umt5" ->
          throw fields.refused(
              "model_type",
              "its blocks have a relative position bias each, ours share the first's");
      default -> throw fields.refused("model_type", "known are t5, mt5 and " + SWITCH);
    }
    requireOurs();
    int layers = fields.size("num_layers");
    Sizes sizes =
        new Sizes(
            fields.size("d_model"),
            fields.size("d_ff"),
            fields.size("num_heads"),
            fields.size("d_kv"),
            layers,
            fields.size("num_decoder_layers", layers));
    double dropout = fields.number("dropout_rate", 0.1);
    if (dropout < 0 || dropout >= 1) {
      throw fields.refused("dropout_rate", "it must be in [0, 1)");
    }
    return new HuggingFaceConfig(
        fields.size("vocab_size"),
        sizes,
        conventions(type),
        dropout,
        type.equals(SWITCH) ? Optional.of(experts(sizes)) : Optional.empty());
  }

  private Conventions conventions(String type) {
    boolean newer = type.equals("mt5");
    return new Conventions(
        gated(type, newer ? "gated-gelu" : "relu"),
        tied(!newer),
        fields.size("relative_attention_num_buckets"),
        fields.size("relative_attention_max_distance", 128));
  }

  private boolean gated(String type, String absent) {
    String kind = fields.text("feed_forward_proj", absent);
    boolean gated = kind.equals("gated-gelu");
    if (!gated && !kind.equals("relu")) {
      throw fields.refused("feed_forward_proj", "a feed-forward is relu or gated-gelu");
    }
    if (type.equals(SWITCH)) {
      String activation = fields.text("dense_act_fn", "relu");
      if (gated) {
        throw fields.refused("feed_forward_proj", "experts of " + SWITCH + " are relu");
      }
      if (!activation.equals("relu")) {
        throw fields.refused("dense_act_fn", "experts of " + SWITCH + " are relu");
      }
    }
    return gated;
  }

  /**
   * transformers 5 says with {@code scale_decoder_outputs} what {@code tie_word_embeddings} said
   * before, and calls every model tied.
   */
  private boolean tied(boolean absent) {
    boolean tied = fields.flag("tie_word_embeddings", absent);
    boolean scaled = fields.flag("scale_decoder_outputs", tied);
    if (scaled && !tied) {
      throw fields.refused(
          "scale_decoder_outputs", "tie_word_embeddings is false: only a tied output is scaled");
    }
    return scaled;
  }

  private void requireOurs() {
    requireNumber("layer_norm_epsilon", EPSILON);
    requireNumber("pad_token_id", VocabularySpec.PAD);
    requireNumber("eos_token_id", VocabularySpec.EOS);
    requireNumber("decoder_start_token_id", VocabularySpec.PAD);
    requireFlag("is_encoder_decoder", true);
    requireFlag("tie_encoder_decoder", false);
    requireFlag("router_bias", false);
    if (fields.has("quantization_config")) {
      throw fields.refused("quantization_config", "only plain weights can be read");
    }
  }

  private void requireNumber(String field, double ours) {
    if (fields.number(field, ours) != ours) {
      throw fields.refused(
          field, "our models have " + (ours == Math.rint(ours) ? "" + (long) ours : "" + ours));
    }
  }

  private void requireFlag(String field, boolean ours) {
    if (fields.flag(field, ours) != ours) {
      throw fields.refused(field, "our models have " + ours);
    }
  }

  private Experts experts(Sizes sizes) {
    if (!fields.text("router_dtype", "float32").equals("float32")) {
      throw fields.refused("router_dtype", "our routers compute in float32");
    }
    Blocks blocks =
        new Blocks(
            SparseStep.blocks(step("encoder", sizes.numLayers()), sizes.numLayers()),
            SparseStep.blocks(step("decoder", sizes.numDecoderLayers()), sizes.numDecoderLayers()));
    return new Experts(
        fields.size("num_experts"),
        blocks,
        fields.size("expert_capacity", 64),
        new RouterTraining(
            fields.number("router_jitter_noise", 0.01),
            fields.number("router_aux_loss_coef", 0.001),
            fields.number("router_z_loss_coef", 0.001)));
  }

  /** A saved step wins over the number of layers, as it does in transformers. */
  private int step(String stack, int layers) {
    String saved = stack + "_sparse_step";
    String count = "num_sparse_%s_layers".formatted(stack);
    if (fields.has(saved)) {
      int step = fields.integer(saved, 0);
      if (step < 0) {
        throw fields.refused(saved, "it must be at least 0");
      }
      return step;
    }
    int sparse = fields.integer(count, 0);
    if (sparse < 1) {
      throw fields.refused(
          count,
          "versions of transformers differ in what is sparse then: it needs %s".formatted(saved));
    }
    if (sparse > layers) {
      throw fields.refused(count, "the %s has %d blocks".formatted(stack, layers));
    }
    return layers / sparse;
  }
}
