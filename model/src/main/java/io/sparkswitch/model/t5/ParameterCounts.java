package io.sparkswitch.model.t5;

/**
 * How many parameters a model has. They are reckoned, not listed: 2,048 experts take no longer than
 * one.
 *
 * @param embedding the input embedding and, where it is not tied, the output projection
 * @param encoder of the encoder
 * @param decoder of the decoder
 * @param experts experts in each sparse layer
 * @param expertsPerToken experts that compute a token in each sparse layer
 */
public record ParameterCounts(
    long embedding, OfStack encoder, OfStack decoder, int experts, int expertsPerToken) {

  /**
   * @param dense attention, feed-forwards, norms, relative position bias and routers
   * @param oneExpert of one expert in all sparse layers of the stack together
   */
  public record OfStack(long dense, long oneExpert) {}

  static ParameterCounts of(T5Config config) {
    long table = (long) config.vocab() * config.width().embed();
    return new ParameterCounts(
        config.conventions().tiedOutput() ? table : 2 * table,
        ofStack(config, StackKind.ENCODER),
        ofStack(config, StackKind.DECODER),
        config.experts(),
        config.training().selection().expertsPerToken());
  }

  private static OfStack ofStack(T5Config config, StackKind stack) {
    long norm = config.width().embed();
    long normsOfBlock = (stack == StackKind.ENCODER ? 2 : 3) * norm;
    long dense = norm + (long) config.conventions().relativeBuckets() * config.width().heads();
    long oneExpert = 0;
    for (int block = 0; block < config.layers(stack); block++) {
      BlockWeights weights = BlockWeights.of(config, stack, block);
      dense += weights.always() + weights.routers() + normsOfBlock;
      oneExpert += weights.expert();
    }
    return new OfStack(dense, oneExpert);
  }

  public OfStack of(StackKind stack) {
    return stack == StackKind.ENCODER ? encoder : decoder;
  }

  /** What every executor holds. */
  public long dense() {
    return embedding + encoder.dense() + decoder.dense();
  }

  /** Of one expert in all sparse layers together. */
  public long oneExpert() {
    return encoder.oneExpert() + decoder.oneExpert();
  }

  /** Of all experts. */
  public long sparse() {
    return experts * oneExpert();
  }

  public long total() {
    return dense() + sparse();
  }

  /** Of the stack, all its experts included, without embeddings. */
  public long total(StackKind stack) {
    return of(stack).dense() + experts * of(stack).oneExpert();
  }

  /** What a token meets on its way: everything dense, and the experts that compute it. */
  public long active() {
    return dense() + expertsPerToken * oneExpert();
  }
}
