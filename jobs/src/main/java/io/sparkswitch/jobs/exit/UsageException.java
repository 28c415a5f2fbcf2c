package io.sparkswitch.jobs.exit;

/** Wrong usage: the command line or the configuration must change. */
public class UsageException extends RunException {
  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    this(message, null);
  }

  public UsageException(String message, Throwable cause) {
    super(ExitCode.USAGE, message, cause);
  }
}
