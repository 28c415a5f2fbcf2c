package io.sparkswitch.jobs.gang;

import io.sparkswitch.jobs.exit.UsageException;

/** Two ranks of a gang were placed on one executor. */
final class SharedExecutorException extends UsageException {
  private static final long serialVersionUID = 1L;

  SharedExecutorException(String message) {
    super(message);
  }
}
