package io.sparkswitch.data.source.unpack;

import java.io.IOException;

/** The content of a file is of another kind than its name says. */
public final class WrongExtensionException extends IOException {
  private static final long serialVersionUID = 1L;

  public WrongExtensionException(String content) {
    super("wrong extension: the content is " + content);
  }
}
