package io.sparkswitch.data.batch;

/** Which segment the n-th sequence of a stream is made from; a pure function of n. */
interface SegmentOrder {

  /** Where the sequence of that number, counted from 0, comes from. */
  Place at(long sequence);

  /**
   * A segment, by where it is read.
   *
   * @param rowGroup index among all row groups
   * @param row place in the row group
   * @param epoch pass over the data
   */
  record Place(int rowGroup, int row, int epoch) {}
}
