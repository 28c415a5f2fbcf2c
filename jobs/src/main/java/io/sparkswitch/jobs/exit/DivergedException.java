package io.sparkswitch.jobs.exit;

/** Training left the finite numbers and did not come back. */
public final class DivergedException extends RunException {
  private static final long serialVersionUID = 1L;

  public DivergedException(String message) {
    this(message, null);
  }

  public DivergedException(String message, Throwable cause) {
    super(ExitCode.DIVERGED, message, cause);
  }
}
