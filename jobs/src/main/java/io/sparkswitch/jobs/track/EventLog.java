package io.sparkswitch.jobs.track;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;

/**
 * A run's numbers for TensorBoard, under the names of {@link StepMetrics#scalars}: one file of
 * events an attempt, {@code events.out.tfevents.*} in the run folder. A file says at which step it
 * starts, and TensorBoard forgets what earlier files say of that step and later ones. HDFS shows
 * each interval at once, an object store the whole file when it is closed.
 *
 * <p>Concurrency: one thread, in the driver.
 */
public final class EventLog implements AutoCloseable {
  private static final String PREFIX = "events.out.tfevents.";

  private final OutputStream file;
  private final Clock clock;

  private EventLog(OutputStream file, Clock clock) {
    this.file = file;
    this.clock = clock;
  }

  /**
   * Begins the file of an attempt.
   *
   * @param step the last step that counts
   */
  static EventLog continueAfter(OutputFolder folder, int attempt, long step, Clock clock)
      throws IOException {
    // TensorBoard reads files in the order of their names.
    String name =
        PREFIX + "%010d.attempt-%03d".formatted(clock.instant().getEpochSecond(), attempt);
    EventLog log = new EventLog(folder.stream(name), clock);
    log.write(EventFrames.version(clock.instant()));
    log.write(EventFrames.start(clock.instant(), step + 1));
    return log;
  }

  /** Removes the files of all attempts. */
  public static void clear(OutputFolder folder) throws IOException {
    for (String name : folder.names(PREFIX)) {
      folder.delete(name);
    }
  }

  void append(StepMetrics metrics) throws IOException {
    write(EventFrames.scalars(clock.instant(), metrics.step(), metrics.scalars()));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private void write(byte[] frame) throws IOException {
    file.write(frame);
    file.flush();
  }
}
