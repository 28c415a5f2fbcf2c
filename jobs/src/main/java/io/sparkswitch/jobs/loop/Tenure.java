package io.sparkswitch.jobs.loop;

import java.io.IOException;

/** A driver's right to go on with a run. */
public interface Tenure {

  /**
   * To be asked before each commit.
   *
   * @throws RuntimeException if another driver has taken the run over
   */
  void requireHeld() throws IOException;

  /** Whether this process was asked to end: after a checkpoint it must. */
  boolean isEnding();

  /** Of a run that nobody else can reach. */
  static Tenure unlimited() {
    return new Tenure() {
      @Override
      public void requireHeld() {}

      @Override
      public boolean isEnding() {
        return false;
      }
    };
  }
}
