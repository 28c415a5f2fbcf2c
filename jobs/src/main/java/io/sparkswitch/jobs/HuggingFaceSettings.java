package io.sparkswitch.jobs;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Conventions;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Experts;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.RouterTraining;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Sizes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A Hugging Face configuration as our settings, in HOCON. */
final class HuggingFaceSettings {
  private final Map<String, Object> keys = new LinkedHashMap<>();

  private HuggingFaceSettings() {}

  /**
   * @throws InputException if the sparse blocks are in no pattern that the settings can say
   */
  static String of(HuggingFaceConfig config) {
    HuggingFaceSettings settings = new HuggingFaceSettings();
    settings.model(config);
    config.sparse().ifPresent(experts -> settings.experts(experts, config.sizes()));
    return settings.keys.entrySet().stream()
        .map(entry -> "%s = %s%n".formatted(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining());
  }

  private void model(HuggingFaceConfig config) {
    Sizes sizes = config.sizes();
    Conventions conventions = config.conventions();
    keys.put("model.d-model", sizes.dModel());
    keys.put("model.d-ff", sizes.dFf());
    keys.put("model.num-heads", sizes.numHeads());
    keys.put("model.d-kv", sizes.dKv());
    keys.put("model.num-encoder-layers", sizes.numLayers());
    keys.put("model.num-decoder-layers", sizes.numDecoderLayers());
    keys.put("model.feed-forward", conventions.gatedGelu() ? "gated-gelu" : "relu");
    keys.put("model.tied-output", conventions.tied());
    keys.put("model.relative-attention-num-buckets", conventions.relativeBuckets());
    keys.put("model.relative-attention-max-distance", conventions.relativeMaxDistance());
    keys.put("model.dropout-rate", config.dropoutRate());
    keys.put("model.num-experts", config.sparse().map(Experts::numExperts).orElse(0));
  }

  /** Hugging Face routes each sequence by itself, padding included, with a fixed capacity. */
  private void experts(Experts experts, Sizes sizes) {
    ExpertPattern pattern =
        ExpertPattern.of(experts.blocks(), sizes)
            .orElseThrow(
                () ->
                    new InputException(
                        "sparse blocks %s of the encoder and %s of the decoder: ours are one of every n, the same in both"
                            .formatted(experts.blocks().encoder(), experts.blocks().decoder())));
    keys.put("model.expert-every", pattern.every());
    keys.put("model.expert-offset", pattern.isLast() ? "last" : pattern.offset());
    RouterTraining training = experts.training();
    keys.put("model.auxiliary-loss-factor", training.auxiliaryLossFactor());
    keys.put("model.router-z-loss-factor", training.zLossFactor());
    keys.put("model.jitter-noise", training.jitterNoise());
    keys.put("routing.group-sequences", 1);
    keys.put("routing.padding", "routed");
    keys.put("routing.losses", "hugging-face");
    keys.put("routing.capacity", "fixed");
    keys.put("routing.fixed-capacity", experts.expertCapacity());
  }
}
