package io.sparkswitch.jobs;

import io.sparkswitch.jobs.conf.CapacityName;
import io.sparkswitch.jobs.conf.ExpertSitesName;
import io.sparkswitch.jobs.conf.ExplorationName;
import io.sparkswitch.jobs.conf.FeedForwardKind;
import io.sparkswitch.jobs.conf.ModelSettings;
import io.sparkswitch.jobs.conf.RoutingSettings;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.conf.SelectionName;
import io.sparkswitch.jobs.loop.Architecture;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Blocks;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Conventions;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Experts;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.RouterTraining;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Sizes;
import io.sparkswitch.model.t5.SparseBlocks;
import java.util.Optional;

/** Our settings as a Hugging Face configuration. */
final class HuggingFaceTwin {
  private HuggingFaceTwin() {}

  /**
   * @param rows of the embedding
   * @throws IllegalArgumentException if Hugging Face's models do not route so
   */
  static HuggingFaceConfig of(RunConfig config, int rows) {
    ModelSettings m = config.model();
    return new HuggingFaceConfig(
        rows,
        new Sizes(
            m.dModel(), m.dFf(), m.numHeads(), m.dKv(), m.numEncoderLayers(), m.numDecoderLayers()),
        new Conventions(
            m.feedForward() == FeedForwardKind.GATED_GELU,
            m.tiedOutput(),
            m.relativeAttentionNumBuckets(),
            m.relativeAttentionMaxDistance()),
        m.dropoutRate(),
        m.sparse() ? Optional.of(experts(config, rows)) : Optional.empty());
  }

  private static Experts experts(RunConfig config, int rows) {
    ModelSettings m = config.model();
    RoutingSettings r = config.routing();
    if (m.expertSites() != ExpertSitesName.FEED_FORWARD) {
      throw new IllegalArgumentException("experts in attention (model.expert-sites)");
    }
    if (r.selection() == SelectionName.TOP_K && r.choices() > 1) {
      throw new IllegalArgumentException(
          "%d experts a token (routing.choices)".formatted(r.choices()));
    }
    SparseBlocks blocks = Architecture.of(config, rows).sparse().orElseThrow().blocks();
    boolean jitter = r.exploration() == ExplorationName.INPUT_JITTER;
    return new Experts(
        m.numExperts(),
        new Blocks(blocks.encoder(), blocks.decoder()),
        capacity(config),
        new RouterTraining(
            jitter ? m.jitterNoise() : 0, m.auxiliaryLossFactor(), m.routerZLossFactor()));
  }

  /** Where ours is none of a sequence, so many that no token of it is dropped. */
  private static int capacity(RunConfig config) {
    RoutingSettings r = config.routing();
    return r.capacity() == CapacityName.FIXED && r.groupSequences() == 1
        ? r.fixedCapacity()
        : config.data().inputsLength();
  }
}
