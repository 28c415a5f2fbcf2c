package io.sparkswitch.data.batch.order;

/** Which segment the n-th sequence of a stream is made from; a pure function of n. */
public interface SegmentOrder {

  /** Where the sequence of that number, counted from 0, comes from. */
  Place at(long sequence);

  /** The row groups that a window needs, ascending; none if there is no such window. */
  int[] rowGroups(Window window);

  /**
   * A segment, by where it is read.
   *
   * @param window what is in memory when it is read
   * @param rowGroup index among all row groups
   * @param row place in the row group
   * @param epoch pass over the data
   */
  record Place(Window window, int rowGroup, int row, int epoch) {}

  /**
   * Row groups that are used together. The windows of a part come one after another; those of
   * several parts alternate.
   *
   * @param part index of the part, 0 where there are no parts
   * @param number place among the windows of the part, over all epochs
   */
  record Window(int part, long number) {
    public Window next() {
      return new Window(part, number + 1);
    }
  }
}
