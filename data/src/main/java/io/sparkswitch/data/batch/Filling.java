package io.sparkswitch.data.batch;

/** How examples fill the sequences of a batch. */
public enum Filling {
  /** One example a sequence; what is left is padding. */
  PADDED,
  /**
   * As many consecutive examples a sequence as fit on both sides, told apart by {@link Packing}.
   */
  PACKED
}
