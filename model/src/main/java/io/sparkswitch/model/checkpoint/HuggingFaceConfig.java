package io.sparkswitch.model.checkpoint;

import java.util.List;
import java.util.Optional;

/**
 * What a Hugging Face {@code config.json} says of a T5 or Switch Transformer, as far as the model
 * depends on it.
 *
 * @param vocabSize rows of the embedding
 * @param sizes widths and depths
 * @param conventions what differs between T5's versions
 * @param dropoutRate in training
 * @param sparse the experts; empty for a dense T5
 */
public record HuggingFaceConfig(
    int vocabSize,
    Sizes sizes,
    Conventions conventions,
    double dropoutRate,
    Optional<Experts> sparse) {

  /**
   * @param dModel width of the residual stream
   * @param dFf width of the feed-forward
   * @param numHeads attention heads
   * @param dKv channels a head
   * @param numLayers blocks of the encoder
   * @param numDecoderLayers blocks of the decoder
   */
  public record Sizes(
      int dModel, int dFf, int numHeads, int dKv, int numLayers, int numDecoderLayers) {}

  /**
   * @param gatedGelu whether the feed-forward is {@code gated-gelu}, else {@code relu}
   * @param tied whether the embedding, scaled by d_model^-½, is the output projection
   * @param relativeBuckets relative position buckets
   * @param relativeMaxDistance distance from which all positions share the last bucket
   */
  public record Conventions(
      boolean gatedGelu, boolean tied, int relativeBuckets, int relativeMaxDistance) {}

  /**
   * @param numExperts experts of a sparse block
   * @param blocks which blocks are sparse
   * @param expertCapacity tokens of a sequence that an expert takes
   * @param training weights and noise
   */
  public record Experts(
      int numExperts, Blocks blocks, int expertCapacity, RouterTraining training) {}

  /**
   * @param encoder sparse blocks of the encoder, counted from 0
   * @param decoder sparse blocks of the decoder
   */
  public record Blocks(List<Integer> encoder, List<Integer> decoder) {
    public Blocks {
      encoder = List.copyOf(encoder);
      decoder = List.copyOf(decoder);
    }
  }

  /**
   * @param jitterNoise ε of U(1 − ε, 1 + ε)
   * @param auxiliaryLossFactor weight of the load-balancing loss
   * @param zLossFactor weight of the router z-loss
   */
  public record RouterTraining(
      double jitterNoise, double auxiliaryLossFactor, double zLossFactor) {}

  /**
   * @param where the file, for errors
   * @throws io.sparkswitch.data.source.InputException naming the field whose value no model of ours
   *     has
   */
  public static HuggingFaceConfig parse(String where, String json) {
    return new HuggingFaceConfigReader(new JsonFields(where, json)).read();
  }

  /**
   * The file's text.
   *
   * @param dtype of the weights beside it, e.g. {@code float32}
   * @throws IllegalArgumentException if Hugging Face's models have no such sparse blocks or experts
   */
  public String toJson(String dtype) {
    return HuggingFaceConfigWriter.write(this, dtype);
  }
}
