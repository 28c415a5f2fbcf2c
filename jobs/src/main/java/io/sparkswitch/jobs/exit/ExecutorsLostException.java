package io.sparkswitch.jobs.exit;

/** Executors were lost more often than the run may replace them; the same command continues. */
public final class ExecutorsLostException extends RunException {
  private static final long serialVersionUID = 1L;

  public ExecutorsLostException(String message) {
    this(message, null);
  }

  public ExecutorsLostException(String message, Throwable cause) {
    super(ExitCode.TRY_AGAIN, message, cause);
  }
}
