package io.sparkswitch.model.t5;

/**
 * Floating point operations of a sequence as the Switch paper's Table 9 counts them: 2·N·n +
 * 2·L·n²·h in each stack and 2·V·d·n for the output, with N the weights of a stack that are active
 * for a token, L its blocks, n its length, h = heads × d_kv. Coarser than {@link GemmFlops}: the
 * attention from decoder to encoder counts by targets alone, and scores once.
 *
 * <p>N is the matrices of attention and feed-forward, experts as many as compute a token. Norms,
 * biases and routers are left out: with its 2,048-way routers Switch-C would be 9 % above the
 * table, without them every row is within 1.2 %.
 */
public final class PaperFlops {
  /** Encoder tokens of the paper's sequences. */
  public static final int INPUTS = 512;

  /** Decoder tokens of the paper's sequences. */
  public static final int TARGETS = 114;

  private PaperFlops() {}

  /** Of one sequence with so many encoder and decoder tokens. */
  public static long sequence(T5Config config, long inputs, long targets) {
    return stack(config, StackKind.ENCODER, inputs)
        + stack(config, StackKind.DECODER, targets)
        + 2L * config.vocab() * config.width().embed() * targets;
  }

  private static long stack(T5Config config, StackKind stack, long length) {
    long scores = 2L * config.layers(stack) * length * length * config.width().inner();
    return 2 * activeWeights(config, stack) * length + scores;
  }

  /** N of the stack. */
  static long activeWeights(T5Config config, StackKind stack) {
    long active = 0;
    for (int block = 0; block < config.layers(stack); block++) {
      active +=
          BlockWeights.of(config, stack, block)
              .active(config.training().selection().expertsPerToken());
    }
    return active;
  }
}
