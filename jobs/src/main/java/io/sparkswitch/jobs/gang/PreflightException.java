package io.sparkswitch.jobs.gang;

import io.sparkswitch.jobs.exit.UsageException;

/** An executor lacks something that it will need. */
final class PreflightException extends UsageException {
  private static final long serialVersionUID = 1L;

  PreflightException(String message, Throwable cause) {
    super(message, cause);
  }
}
