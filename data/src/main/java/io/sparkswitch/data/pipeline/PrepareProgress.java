package io.sparkswitch.data.pipeline;

import java.time.Duration;

/** Told how a preparation goes. */
public interface PrepareProgress {
  /** Tells nobody. */
  PrepareProgress NONE =
      new PrepareProgress() {
        @Override
        public void say(String sentence) {}

        @Override
        public void at(long bytesDone, long bytes, int filesDone, int files, Duration elapsed) {}
      };

  /** Something worth a line. */
  void say(String sentence);

  /**
   * Called about once a second.
   *
   * @param bytesDone stored bytes of the source files that are finished
   * @param bytes stored bytes of all source files of this run
   */
  void at(long bytesDone, long bytes, int filesDone, int files, Duration elapsed);
}
