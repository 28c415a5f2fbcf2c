package io.sparkswitch.data.batch;

import io.sparkswitch.data.batch.order.SegmentOrder;

/** Makes sequences of a batch. One call at a time, but {@link #close} may come from any thread. */
interface SequenceSource extends AutoCloseable {

  /** An empty batch of the source's lengths. */
  BatchBuilder batch(int sequences);

  /** Adds the sequence made from a place. */
  void add(SegmentOrder.Place place, BatchBuilder batch);

  @Override
  void close();
}
