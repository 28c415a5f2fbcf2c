package io.sparkswitch.jobs.bench;

import java.io.IOException;

/** A way for two processes to send each other bytes; both call the same methods in turn. */
interface Wire {
  /** Bytes of a small message. */
  int SMALL = 64;

  /**
   * Sends and receives messages, both at once, and returns when both sides have all of theirs.
   *
   * @param out bytes of each message sent; 0 for none
   * @param in bytes of each message received; 0 for none
   */
  void swap(int out, int in, int times) throws IOException;

  /** {@link #SMALL} bytes there and back. */
  void roundTrip() throws IOException;
}
