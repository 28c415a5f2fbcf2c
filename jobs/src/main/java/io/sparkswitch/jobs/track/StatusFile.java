package io.sparkswitch.jobs.track;

import io.sparkswitch.jobs.exit.ExitCode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;

/**
 * {@code status.json} of a run folder: the exit code for whoever cannot see it, such as after
 * cluster deploy mode. Replaced as a whole, so that a reader never sees a part.
 *
 * <p>Concurrency: safe from any thread; the first {@link #finish} counts.
 */
public final class StatusFile {
  public static final String FILE = "status.json";

  private final OutputFolder folder;
  private final String file;
  private final String verb;
  private final Clock clock;
  private final Instant startedAt;
  private final double earlierSeconds;
  private boolean finished;

  private StatusFile(
      OutputFolder folder, String file, String verb, Clock clock, double earlierSeconds) {
    this.folder = folder;
    this.file = file;
    this.verb = verb;
    this.clock = clock;
    this.startedAt = clock.instant();
    this.earlierSeconds = earlierSeconds;
  }

  /** The file's name for a verb that adds to a folder which has another verb's status. */
  public static String fileOfGuest(String verb) {
    return verb + "-" + FILE;
  }

  /**
   * Writes that a verb is running; seconds of its earlier starts in the folder are added up.
   *
   * @param file {@link #FILE}, or a {@linkplain #fileOfGuest guest's}
   */
  public static StatusFile start(OutputFolder folder, String file, String verb, Clock clock)
      throws IOException {
    double earlier = folder.read(file).flatMap(text -> Status.seconds(text, verb)).orElse(0.0);
    StatusFile status = new StatusFile(folder, file, verb, clock, earlier);
    status.update("started");
    return status;
  }

  /** Says what the running verb is doing. */
  public synchronized void update(String message) throws IOException {
    if (!finished) {
      write(Status.State.RUNNING, OptionalInt.empty(), message);
    }
  }

  /** Says how the verb ended; whatever comes later is ignored. */
  public synchronized void finish(ExitCode code, String message) throws IOException {
    if (!finished) {
      write(Status.State.of(code), OptionalInt.of(code.code()), message);
      finished = true;
    }
  }

  /** Wall clock spent, earlier starts included. */
  public double seconds() {
    return earlierSeconds + Duration.between(startedAt, clock.instant()).toMillis() / 1000.0;
  }

  private void write(Status.State state, OptionalInt exitCode, String message) throws IOException {
    Status status =
        new Status(verb, state, exitCode, message, startedAt, clock.instant(), seconds());
    folder.write(file, status.toJson());
  }
}
