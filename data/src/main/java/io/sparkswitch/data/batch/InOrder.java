package io.sparkswitch.data.batch;

import java.util.Arrays;

/** Segments row group by row group, once; each row group is a window of its own. */
final class InOrder implements SegmentOrder {
  private final long[] starts;

  /**
   * @param sizes segments of each row group
   */
  InOrder(int[] sizes) {
    starts = new long[sizes.length];
    for (int i = 1; i < sizes.length; i++) {
      starts[i] = starts[i - 1] + sizes[i - 1];
    }
  }

  @Override
  public Place at(long sequence) {
    int found = Arrays.binarySearch(starts, sequence);
    int group = found >= 0 ? found : -found - 2;
    return new Place(new Window(0, group), group, Math.toIntExact(sequence - starts[group]), 0);
  }

  @Override
  public int[] rowGroups(Window window) {
    return window.number() < starts.length ? new int[] {(int) window.number()} : new int[0];
  }
}
