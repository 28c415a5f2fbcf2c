package io.sparkswitch.model.checkpoint;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Conventions;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Experts;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Sizes;
import java.util.List;

/** Writes {@code config.json}. */
final class HuggingFaceConfigWriter {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HuggingFaceConfig config;
  private final ObjectNode json = JSON.createObjectNode();

  private HuggingFaceConfigWriter(HuggingFaceConfig config) {
    this.config = config;
  }

  static String write(HuggingFaceConfig config, String dtype) {
    HuggingFaceConfigWriter writer = new HuggingFaceConfigWriter(config);
    writer.common(dtype);
    config.sparse().ifPresentOrElse(writer::experts, writer::dense);
    return writer.json.toPrettyString() + "\n";
  }

  private void common(String dtype) {
    Sizes sizes = config.sizes();
    Conventions conventions = config.conventions();
    json.putArray("architectures")
        .add(
            config.sparse().isPresent()
                ? "SwitchTransformersForConditionalGeneration"
                : "T5ForConditionalGeneration");
    json.put("model_type", config.sparse().isPresent() ? HuggingFaceConfigReader.SWITCH : "t5");
    json.put("vocab_size", config.vocabSize());
    json.put("d_model", sizes.dModel()).put("d_kv", sizes.dKv()).put("d_ff", sizes.dFf());
    json.put("num_heads", sizes.numHeads());
    json.put("num_layers", sizes.numLayers());
    json.put("num_decoder_layers", sizes.numDecoderLayers());
    json.put("relative_attention_num_buckets", conventions.relativeBuckets());
    json.put("relative_attention_max_distance", conventions.relativeMaxDistance());
    json.put("dropout_rate", config.dropoutRate());
    json.put("layer_norm_epsilon", HuggingFaceConfigReader.EPSILON);
    json.put("initializer_factor", 1.0);
    json.put("tie_word_embeddings", conventions.tied());
    json.put("is_encoder_decoder", true).put("use_cache", true);
    json.put("pad_token_id", VocabularySpec.PAD).put("eos_token_id", VocabularySpec.EOS);
    json.put("decoder_start_token_id", VocabularySpec.PAD);
    json.put("torch_dtype", dtype);
  }

  private void dense() {
    json.put("feed_forward_proj", config.conventions().gatedGelu() ? "gated-gelu" : "relu");
    json.put("scale_decoder_outputs", config.conventions().tied());
  }

  private void experts(Experts experts) {
    if (config.conventions().gatedGelu()) {
      throw new IllegalArgumentException(
          "experts with a gated-gelu feed-forward: those of %s are relu"
              .formatted(HuggingFaceConfigReader.SWITCH));
    }
    json.put("feed_forward_proj", "relu").put("dense_act_fn", "relu");
    json.put("num_experts", experts.numExperts());
    json.put("expert_capacity", experts.expertCapacity());
    json.put("router_bias", false).put("router_dtype", "float32");
    json.put("router_ignore_padding_tokens", false);
    json.put("router_jitter_noise", experts.training().jitterNoise());
    json.put("router_aux_loss_coef", experts.training().auxiliaryLossFactor());
    json.put("router_z_loss_coef", experts.training().zLossFactor());
    step("encoder", experts.blocks().encoder(), config.sizes().numLayers());
    step("decoder", experts.blocks().decoder(), config.sizes().numDecoderLayers());
  }

  private void step(String stack, List<Integer> blocks, int layers) {
    int step =
        SparseStep.of(blocks, layers)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "sparse blocks %s of the %s's %d: those of %s are every n-th from block 1"
                            .formatted(blocks, stack, layers, HuggingFaceConfigReader.SWITCH)));
    json.put("num_sparse_%s_layers".formatted(stack), step == 0 ? 0 : layers / step);
    json.put(stack + "_sparse_step", step);
  }
}
