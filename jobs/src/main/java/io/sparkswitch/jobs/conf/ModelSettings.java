package io.sparkswitch.jobs.conf;

import java.io.Serializable;

/** Section {@code model}: the architecture; the keys are described in reference.conf. */
public record ModelSettings(
    int dModel,
    int dFf,
    int numHeads,
    int dKv,
    int numEncoderLayers,
    int numDecoderLayers,
    FeedForwardKind feedForward,
    boolean tiedOutput,
    int relativeAttentionNumBuckets,
    int relativeAttentionMaxDistance,
    double dropoutRate,
    double expertDropoutRate,
    double initialisationScale,
    double outputZLossFactor,
    int numExperts,
    int expertEvery,
    @Word(value = "last", means = ModelSettings.LAST) int expertOffset,
    ExpertSitesName expertSites,
    double capacityFactor,
    @Word(value = "dropless", means = Double.POSITIVE_INFINITY) double evaluationCapacityFactor,
    double auxiliaryLossFactor,
    double routerZLossFactor,
    double jitterNoise)
    implements Serializable {

  /** Of {@code expertOffset}: the last of each group of layers. */
  static final int LAST = -1;

  public ModelSettings {
    Require.positive("model.d-model", dModel);
    Require.positive("model.d-ff", dFf);
    Require.positive("model.num-heads", numHeads);
    Require.positive("model.d-kv", dKv);
    Require.positive("model.num-encoder-layers", numEncoderLayers);
    Require.positive("model.num-decoder-layers", numDecoderLayers);
    requireBuckets(relativeAttentionNumBuckets, relativeAttentionMaxDistance);
    Require.share("model.dropout-rate", dropoutRate);
    Require.share("model.expert-dropout-rate", expertDropoutRate);
    Require.notNegative("model.output-z-loss-factor", outputZLossFactor);
    Require.notNegative("model.router-z-loss-factor", routerZLossFactor);
    Require.positive("model.initialisation-scale", initialisationScale);
    Require.notNegative("model.num-experts", numExperts);
    Require.positive("model.expert-every", expertEvery);
    Require.that(
        numExperts == 0 || expertEvery <= Math.max(numEncoderLayers, numDecoderLayers),
        "model.expert-every",
        expertEvery,
        "at most the layers of a stack, or no layer is sparse");
    Require.that(
        expertOffset >= LAST && expertOffset < expertEvery,
        "model.expert-offset",
        expertOffset,
        "last, or from 0 to model.expert-every - 1, %d".formatted(expertEvery - 1));
    Require.positive("model.capacity-factor", capacityFactor);
    Require.that(
        evaluationCapacityFactor > 0,
        "model.evaluation-capacity-factor",
        evaluationCapacityFactor,
        "a number above 0, or dropless");
    Require.notNegative("model.auxiliary-loss-factor", auxiliaryLossFactor);
    Require.share("model.jitter-noise", jitterNoise);
  }

  private static void requireBuckets(int buckets, int maxDistance) {
    Require.that(
        buckets >= 4 && buckets % 4 == 0,
        "model.relative-attention-num-buckets",
        buckets,
        "a positive multiple of 4");
    Require.that(
        maxDistance > buckets / 2,
        "model.relative-attention-max-distance",
        maxDistance,
        "more than half of model.relative-attention-num-buckets, %d".formatted(buckets / 2));
  }

  /** Whether there are experts at all. */
  public boolean sparse() {
    return numExperts > 0;
  }

  /** Whether the last of every {@code expertEvery} layers is the sparse one. */
  public boolean lastOfEach() {
    return expertOffset == LAST;
  }

  /** Whether evaluation, soft targets and generation leave no token behind. */
  public boolean droplessEvaluation() {
    return Double.isInfinite(evaluationCapacityFactor);
  }
}
