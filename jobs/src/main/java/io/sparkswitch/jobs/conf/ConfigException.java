package io.sparkswitch.jobs.conf;

import io.sparkswitch.jobs.exit.UsageException;

/** A configuration that cannot be used; the message says which key, why, and where it was set. */
public final class ConfigException extends UsageException {
  private static final long serialVersionUID = 1L;

  ConfigException(String message) {
    super(message);
  }

  ConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
