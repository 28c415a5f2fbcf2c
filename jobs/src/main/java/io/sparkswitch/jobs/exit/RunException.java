package io.sparkswitch.jobs.exit;

import java.util.Objects;

/**
 * A failure that is understood: its message is one sentence that helps whoever reads it, and is all
 * that is shown of it.
 */
public abstract class RunException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  protected RunException(ExitCode exitCode, String message, Throwable cause) {
    super(Objects.requireNonNull(message, "message"), cause);
    this.exitCode = Objects.requireNonNull(exitCode, "exitCode");
  }

  public ExitCode exitCode() {
    return exitCode;
  }
}
