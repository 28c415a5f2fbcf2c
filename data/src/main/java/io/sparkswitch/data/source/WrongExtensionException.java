package io.sparkswitch.data.source;

import java.io.IOException;

/** The content of a file is of another kind than its name says. */
final class WrongExtensionException extends IOException {
  private static final long serialVersionUID = 1L;

  WrongExtensionException(String content) {
    super("wrong extension: the content is " + content);
  }
}
