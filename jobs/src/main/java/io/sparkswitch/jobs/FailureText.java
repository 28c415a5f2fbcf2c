package io.sparkswitch.jobs;

import io.sparkswitch.jobs.exit.ExitCode;
import java.util.HashSet;
import java.util.Set;

/** A failure in words: the sentence of a known one, the chain of causes of any other. */
final class FailureText {
  private FailureText() {}

  static String of(Throwable failure) {
    return ExitCode.known(failure).map(FailureText::sentence).orElseGet(() -> chain(failure));
  }

  private static String sentence(Throwable known) {
    return ExitCode.of(known) == ExitCode.INTERRUPTED
        ? "interrupted; the same command continues where it stopped"
        : message(known);
  }

  private static String chain(Throwable failure) {
    StringBuilder text = new StringBuilder("unexpected failure: ").append(message(failure));
    Set<Throwable> seen = new HashSet<>(Set.of(failure));
    for (Throwable t = failure.getCause(); t != null && seen.add(t); t = t.getCause()) {
      text.append("\n  caused by: ").append(message(t));
    }
    return text.append("\n  The stack trace is in the driver's log, at level ERROR.").toString();
  }

  private static String message(Throwable t) {
    String message = t.getMessage();
    String name = t.getClass().getSimpleName();
    if (message == null || message.isBlank()) {
      return name;
    }
    boolean speaksForItself = t instanceof RuntimeException && ExitCode.known(t).isPresent();
    return speaksForItself ? message : name + ": " + message;
  }
}
