package io.sparkswitch.model.t5;

import io.sparkswitch.model.moe.RoutingRule;
import java.util.List;
import java.util.Optional;

/**
 * The architecture of a T5 or, with {@link #sparse}, a Switch T5 (T5 1.0 and 1.1 conventions).
 * Building one allocates no weights.
 *
 * @param vocab rows of the embedding
 * @param width sizes of a block
 * @param encoderLayers blocks of the encoder
 * @param decoderLayers blocks of the decoder
 * @param conventions what differs between T5's versions
 * @param sparse the sparse layers; empty for a dense model
 */
public record T5Config(
    int vocab,
    Width width,
    int encoderLayers,
    int decoderLayers,
    Conventions conventions,
    Optional<SwitchConfig> sparse) {

  public T5Config {
    positive("vocab", vocab);
    positive("encoderLayers", encoderLayers);
    positive("decoderLayers", decoderLayers);
    if (sparse.isPresent()) {
      requireBlocks(sparse.get().blocks().encoder(), "encoder", encoderLayers);
      requireBlocks(sparse.get().blocks().decoder(), "decoder", decoderLayers);
    }
  }

  private static void requireBlocks(List<Integer> blocks, String stack, int layers) {
    if (!blocks.isEmpty() && blocks.get(blocks.size() - 1) >= layers) {
      throw new IllegalArgumentException(
          "sparse blocks %s of the %s, which has %d blocks, counted from 0"
              .formatted(blocks, stack, layers));
    }
  }

  /**
   * @param embed d_model
   * @param mlp d_ff
   * @param heads attention heads
   * @param headDim d_kv, channels a head
   */
  public record Width(int embed, int mlp, int heads, int headDim) {
    public Width {
      positive("embed", embed);
      positive("mlp", mlp);
      positive("heads", heads);
      positive("headDim", headDim);
    }

    public int inner() {
      return heads * headDim;
    }
  }

  /**
   * @param feedForward activation of the dense feed-forward
   * @param tiedOutput whether the output projection is the embedding, scaled by d_model^-½
   * @param relativeBuckets relative position buckets
   * @param relativeMaxDistance distance from which all positions share the last bucket
   * @param initialisationScale s of σ = sqrt(s / fan-in) for feed-forward, experts and router
   */
  public record Conventions(
      FeedForwardKind feedForward,
      boolean tiedOutput,
      int relativeBuckets,
      int relativeMaxDistance,
      double initialisationScale) {
    public Conventions {
      positive("relativeBuckets", relativeBuckets);
      positive("relativeMaxDistance", relativeMaxDistance);
      if (initialisationScale <= 0) {
        throw new IllegalArgumentException(
            "initialisationScale is %s, must be above 0".formatted(initialisationScale));
      }
    }
  }

  /** T5 1.0 uses ReLU, T5 1.1 a gated tanh-GELU. */
  public enum FeedForwardKind {
    RELU,
    GATED_GELU
  }

  public int layers(StackKind stack) {
    return stack == StackKind.ENCODER ? encoderLayers : decoderLayers;
  }

  /** Whether experts replace the feed-forward of that block. */
  public boolean hasSparseFeedForward(StackKind stack, int block) {
    return sparse.isPresent() && sparse.get().sites().feedForward() && hasExperts(stack, block);
  }

  /** Whether experts produce the queries, keys and values of that block's self-attention. */
  public boolean hasSparseAttention(StackKind stack, int block) {
    return sparse.isPresent() && sparse.get().sites().attention() && hasExperts(stack, block);
  }

  private boolean hasExperts(StackKind stack, int block) {
    return sparse.orElseThrow().blocks().of(stack).contains(block);
  }

  /** How tokens are routed in training; of no effect in a dense model. */
  public RoutingRule training() {
    return sparse.map(SwitchConfig::training).orElse(RoutingRule.dropless());
  }

  /** Which tokens are routed together; of no effect in a dense model. */
  public Grouping grouping() {
    return sparse.map(SwitchConfig::grouping).orElse(Grouping.of(1));
  }

  public int experts() {
    return sparse.map(SwitchConfig::experts).orElse(0);
  }

  /** Number of parameters, experts included. */
  public long parameters() {
    return parameterCounts().total();
  }

  /** Number of parameters, part by part. */
  public ParameterCounts parameterCounts() {
    return ParameterCounts.of(this);
  }

  /** Floating point operations of a forward pass of a sequence, as the paper's Table 9 counts. */
  public long paperFlops(long inputs, long targets) {
    return PaperFlops.sequence(this, inputs, targets);
  }

  /** Floating point operations of all matrix products of a forward pass of a sequence. */
  public long gemmFlops(int inputs, int targets) {
    return GemmFlops.forward(this, inputs, targets);
  }

  /** The same architecture with dense feed-forwards. */
  public T5Config dense() {
    return new T5Config(vocab, width, encoderLayers, decoderLayers, conventions, Optional.empty());
  }

  private static void positive(String name, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException("%s is %d, must be at least 1".formatted(name, value));
    }
  }
}
