package io.sparkswitch.jobs.exit;

import io.sparkswitch.data.pipeline.folder.LeaseHeldException;
import io.sparkswitch.data.source.InputException;
import java.io.FileNotFoundException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What the process tells its caller; {@code status.json} says the same. */
public enum ExitCode {
  /** Done, or nothing new to do. */
  DONE(0),
  FAILED(1),
  /** Wrong usage or configuration: the same command fails again. */
  USAGE(2),
  /** Input missing or corrupt. */
  INPUT(3),
  DIVERGED(4),
  /** Executors were lost, or another run has the folder: the same command goes on. */
  TRY_AGAIN(75),
  INTERRUPTED(130);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** The code for a failure: that of its first cause which is known, else {@link #FAILED}. */
  public static ExitCode of(Throwable failure) {
    return known(failure).map(ExitCode::codeOfKnown).orElse(FAILED);
  }

  /** The first of a failure and its causes whose message says all that its reader needs. */
  public static Optional<Throwable> known(Throwable failure) {
    Set<Throwable> seen = new HashSet<>();
    for (Throwable t = failure; t != null && seen.add(t); t = t.getCause()) {
      if (codeOfKnown(t) != FAILED || t instanceof RunException) {
        return Optional.of(t);
      }
    }
    return Optional.empty();
  }

  private static ExitCode codeOfKnown(Throwable t) {
    if (t instanceof RunException known) {
      return known.exitCode();
    }
    if (t instanceof InputException
        || t instanceof FileNotFoundException
        || t instanceof NoSuchFileException) {
      return INPUT;
    }
    if (t instanceof LeaseHeldException) {
      return TRY_AGAIN;
    }
    boolean interrupted =
        t instanceof InterruptedException
            || t instanceof ClosedByInterruptException
            || (t instanceof InterruptedIOException && !(t instanceof SocketTimeoutException));
    return interrupted ? INTERRUPTED : FAILED;
  }
}
