package io.sparkswitch.jobs.exit;

/** The process was asked to end and has left a checkpoint; the same command continues. */
public final class StoppedException extends RunException {
  private static final long serialVersionUID = 1L;

  public StoppedException(String message) {
    super(ExitCode.TRY_AGAIN, message, null);
  }
}
