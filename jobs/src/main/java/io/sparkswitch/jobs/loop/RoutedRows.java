package io.sparkswitch.jobs.loop;

/**
 * Rows that the routers of a step send, between all ranks. Layers are numbered in the order of
 * {@link io.sparkswitch.model.t5.SparseLayers}.
 */
interface RoutedRows {

  /**
   * Rows of a rank's tokens.
   *
   * @param part micro-batch
   * @return {@code [executors]}: for the experts of each rank, its own included
   */
  long[] sent(int part, int layer, int rank);

  /**
   * Rows for a rank's experts.
   *
   * @param part micro-batch
   * @return {@code [executors]}: from each rank, itself included
   */
  long[] received(int part, int layer, int rank);
}
