package io.sparkswitch.data.batch.order;

import java.util.Arrays;

/** Segments row group by row group, once; each row group is a window of its own. */
public final class InOrder implements SegmentOrder {
  private final int[] rowGroups;
  private final long[] starts;

  /**
   * @param rowGroups those that are used, in this order
   * @param sizes segments of every row group
   */
  public InOrder(int[] rowGroups, int[] sizes) {
    this.rowGroups = rowGroups.clone();
    starts = new long[rowGroups.length];
    for (int i = 1; i < starts.length; i++) {
      starts[i] = starts[i - 1] + sizes[rowGroups[i - 1]];
    }
  }

  @Override
  public Place at(long sequence) {
    int found = Arrays.binarySearch(starts, sequence);
    int slot = found >= 0 ? found : -found - 2;
    int row = Math.toIntExact(sequence - starts[slot]);
    return new Place(new Window(0, slot), rowGroups[slot], row, 0);
  }

  @Override
  public int[] rowGroups(Window window) {
    return window.number() < rowGroups.length
        ? new int[] {rowGroups[(int) window.number()]}
        : new int[0];
  }
}
