package io.sparkswitch.data.batch.example;

/** How examples fill the sequences of a batch. */
public enum Filling {
  /** One example a sequence; what is left is padding. */
  PADDED,
  /**
   * As many consecutive examples a sequence as fit on both sides, told apart by {@code Packing}.
   */
  PACKED
}
