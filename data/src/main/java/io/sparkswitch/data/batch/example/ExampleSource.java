package io.sparkswitch.data.batch.example;

/** Supervised examples by number. Asked by one thread at a time. */
public interface ExampleSource {
  /** Examples in a row that are shuffled together, and so are asked for near each other in time. */
  int RUN = 4096;

  /** Number of examples; the same whenever asked. */
  long count();

  /**
   * An example, the same whenever asked. Numbers near each other are asked for near each other in
   * time.
   *
   * @param index from 0 to {@link #count()}, exclusive
   */
  Example at(long index);
}
