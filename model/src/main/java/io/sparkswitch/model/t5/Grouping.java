package io.sparkswitch.model.t5;

/**
 * Which tokens share expert capacity and a load-balancing loss.
 *
 * @param sequences consecutive sequences of the global batch; 0 is the whole batch
 * @param padding whether padding takes part in routing
 */
public record Grouping(int sequences, Padding padding) {
  /** What routers do with padding. */
  public enum Padding {
    /** It has no expert, takes no capacity and no part in the losses. */
    IGNORED,
    /** It is routed as any token, as Hugging Face's models do. */
    ROUTED
  }

  public Grouping {
    if (sequences < 0) {
      throw new IllegalArgumentException(
          "groupSequences is %d, must be at least 0".formatted(sequences));
    }
  }

  /** Groups of real tokens. */
  public static Grouping of(int sequences) {
    return new Grouping(sequences, Padding.IGNORED);
  }
}
