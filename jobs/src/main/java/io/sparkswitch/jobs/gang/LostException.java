package io.sparkswitch.jobs.gang;

/** An attempt lost an executor, or could not be set up with those it had. */
final class LostException extends Exception {
  private static final long serialVersionUID = 1L;

  LostException(String message, Throwable cause) {
    super(message, cause);
  }
}
