package io.sparkswitch.data.source.unpack;

/** A line that holds no document; the message is the reason. Carries no stack trace. */
public final class MalformedLineException extends Exception {
  private static final long serialVersionUID = 1L;

  public MalformedLineException(String reason) {
    super(reason, null, false, false);
  }
}
