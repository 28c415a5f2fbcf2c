package io.sparkswitch.model.t5;

import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.tensor.TapeOptions.Activations;

/**
 * Bytes of native memory that one training pass takes at most: what sections keep for backward,
 * what the largest of them computes with, and the logits at once. Reckoned section by section from
 * what each keeps; what is small beside a row of every token is left out.
 *
 * @param config the architecture
 * @param mode how it is trained
 */
public record ActivationMemory(T5Config config, Mode mode) {
  private static final long FLOAT = 4;

  /**
   * @param entryBytes of one entry of an activation
   * @param dropout whether activations are dropped
   * @param expertDropout whether experts drop activations
   * @param activations what is kept
   */
  public record Mode(
      long entryBytes, boolean dropout, boolean expertDropout, Activations activations) {
    /** Of one entry of what is never computed in bfloat16. */
    private long exactBytes() {
      return Math.max(FLOAT, entryBytes);
    }
  }

  /**
   * Rows of the sparse layer that has the most.
   *
   * @param sent of this executor's tokens
   * @param computed by this executor's experts
   */
  public record Rows(long sent, long computed) {}

  /**
   * One micro-batch of one executor.
   *
   * @param sequences of the encoder and of the decoder
   * @param inputs encoder positions of each
   * @param targets decoder positions of each
   * @param encoder rows of the encoder's sparse layers
   * @param decoder rows of the decoder's
   */
  public record Pass(long sequences, int inputs, int targets, Rows encoder, Rows decoder) {
    private int length(StackKind stack) {
      return stack == StackKind.ENCODER ? inputs : targets;
    }

    private Rows rows(StackKind stack) {
      return stack == StackKind.ENCODER ? encoder : decoder;
    }
  }

  /** What a sublayer keeps, and what it computes with besides, in one direction or the other. */
  private record Need(long kept, long scratch) {
    Need plus(Need other) {
      return new Need(kept + other.kept, scratch + other.scratch);
    }
  }

  /** In bytes. */
  public long atMost(Pass pass) {
    long kept = 0;
    long largest = 0;
    for (StackKind stack : StackKind.values()) {
      long width = pass.sequences * pass.length(stack) * config.width().embed();
      // Embedded, normed at the end with its gradient, and with dropout twice once more.
      kept += width * mode.entryBytes * (mode.dropout ? 8 : 4);
      long biases = 3L * config.width().heads() * pass.length(stack) * pass.length(stack);
      kept += mode.entryBytes * biases;
      for (int block = 0; block < config.layers(stack); block++) {
        for (Need need : sublayers(pass, stack, block)) {
          boolean all = mode.activations == Activations.KEPT;
          kept += width * mode.entryBytes + (all ? need.kept : 0);
          largest = Math.max(largest, need.scratch + (all ? 0 : need.kept));
        }
      }
    }
    return kept + Math.max(largest, logits(pass));
  }

  private Need[] sublayers(Pass pass, StackKind stack, int block) {
    long n = pass.sequences * pass.length(stack);
    Need self = attention(pass, stack, n * 3 * config.width().inner(), pass.length(stack));
    Need first =
        config.hasSparseAttention(stack, block)
            ? self.plus(sparse(pass, stack, true)).plus(sparse(pass, stack, true))
            : self;
    Need last =
        config.hasSparseFeedForward(stack, block)
            ? sparse(pass, stack, false)
            : residual(n).plus(feedForward(n, mode.dropout));
    if (stack == StackKind.ENCODER) {
      return new Need[] {first, last};
    }
    long projected = (n + 2 * pass.sequences * pass.inputs) * config.width().inner();
    return new Need[] {first, attention(pass, stack, projected, pass.inputs), last};
  }

  /** Norm, its input and, with dropout, the factors. */
  private Need residual(long n) {
    long width = n * config.width().embed();
    long kept = width * (mode.exactBytes() + mode.entryBytes * (mode.dropout ? 2 : 1));
    return new Need(kept, width * (4 * mode.exactBytes() + 2 * mode.entryBytes));
  }

  private Need attention(Pass pass, StackKind stack, long projected, long keys) {
    long n = pass.sequences * pass.length(stack);
    long inner = n * config.width().inner();
    long scores = n * config.width().heads() * keys;
    long kept = projected + inner + scores * (mode.dropout ? 3 : 1);
    long scratch = 3 * projected + 3 * inner + 2 * scores;
    long matrices = 3 * BlockWeights.projection(config.width());
    return residual(n)
        .plus(new Need(mode.entryBytes * kept, mode.entryBytes * scratch + casts(matrices)));
  }

  private Need feedForward(long rows, boolean drops) {
    long hidden = rows * config.width().mlp();
    boolean gated = config.conventions().feedForward() == FeedForwardKind.GATED_GELU;
    long kept = hidden * ((gated ? 2 : 1) + (drops ? 1 : 0));
    return new Need(
        mode.entryBytes * kept,
        mode.entryBytes * hidden * (gated ? 5 : 2)
            + casts((long) config.width().embed() * config.width().mlp()));
  }

  /** In bfloat16 a matrix is cast to be multiplied with, and its gradient cast to be added. */
  private long casts(long matrix) {
    return mode.entryBytes >= FLOAT ? 0 : 2 * mode.entryBytes * matrix;
  }

  private Need sparse(Pass pass, StackKind stack, boolean linear) {
    long n = pass.sequences * pass.length(stack);
    long embed = config.width().embed();
    long outputs = linear ? config.width().inner() : embed;
    Rows rows = pass.rows(stack);
    Need expert = linear ? new Need(0, 0) : feedForward(rows.computed, mode.expertDropout);
    long decisions = mode.exactBytes() * n * (3 * embed + 4L * config.experts());
    long tokens = mode.entryBytes * n * (embed + outputs * (mode.dropout ? 4 : 2));
    long sent = mode.entryBytes * rows.sent * (embed + 2 * outputs);
    long computed = mode.entryBytes * rows.computed * (embed + outputs);
    Need moved =
        new Need(
            decisions + tokens + sent + computed,
            2 * mode.exactBytes() * n * config.experts() + 2 * (sent + computed));
    return moved.plus(expert);
  }

  /** Of one chunk, exact and as activations are, its gradient, and rows with theirs. */
  private long logits(Pass pass) {
    long rows = pass.sequences * pass.targets;
    long vocab = config.vocab();
    long chunk = Math.min(rows, Math.max(1, ChunkedLoss.LOGITS_AT_ONCE / vocab)) * vocab;
    long width = rows * config.width().embed();
    return chunk * (mode.exactBytes() + 2 * mode.entryBytes)
        + 3 * width * mode.entryBytes
        + casts(vocab * config.width().embed());
  }
}
