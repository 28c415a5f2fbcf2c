package io.sparkswitch.jobs.gang;

/** An attempt ends in good order, so that another goes on from what it has committed. */
public final class RegroupException extends Exception {
  private static final long serialVersionUID = 1L;

  public RegroupException(String message) {
    super(message);
  }
}
