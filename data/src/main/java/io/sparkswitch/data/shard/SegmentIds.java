package io.sparkswitch.data.shard;

/**
 * Numbers of segments: {@code source << 32 | slot << 24 | row}. A source keeps its number for ever,
 * its slots are its languages in the order in which they first appear, and rows count the segments
 * of one shard; so a segment's id depends on nothing that is written beside it.
 */
public final class SegmentIds {
  /** Languages that one source file can hold. */
  public static final int SLOTS = 1 << 8;

  /** Segments that one shard can hold. */
  public static final int ROWS = 1 << 24;

  private static final int SLOT_SHIFT = 24;
  private static final int SOURCE_SHIFT = 32;

  private SegmentIds() {}

  /** Id of row 0 of a shard. */
  public static long first(int source, int slot) {
    if (source < 0 || slot < 0 || slot >= SLOTS) {
      throw new IllegalArgumentException(
          "source %d, language slot %d: allowed are slots below %d".formatted(source, slot, SLOTS));
    }
    return (long) source << SOURCE_SHIFT | (long) slot << SLOT_SHIFT;
  }

  /** Number of the source file that a segment was made from. */
  public static int source(long segment) {
    return (int) (segment >>> SOURCE_SHIFT);
  }
}
