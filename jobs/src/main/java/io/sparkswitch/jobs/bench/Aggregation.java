package io.sparkswitch.jobs.bench;

import java.io.IOException;
import org.bytedeco.pytorch.Tensor;

/** A way for the dense gradients of all ranks to the driver and back; all members call it. */
interface Aggregation {

  /**
   * Sums over the ranks, in their order, by slices; the driver gets the sum and returns it, and the
   * ranks share out the slices. The driver begins, and returns when every rank has the whole sum.
   *
   * @param gradients {@code <float>[n]}: of this rank; the driver's receive the sum
   * @param values {@code <float>[n]}: a rank's receive the sum; the driver's stay as they are
   */
  void sum(Tensor gradients, Tensor values) throws IOException;
}
