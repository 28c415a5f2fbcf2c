package io.sparkswitch.jobs.packaging;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** Ends a process and all that it started. */
final class ProcessTree {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private ProcessTree() {}

  /** Asks all to end, from the root down, and after ten seconds kills what is left. */
  static void end(ProcessHandle root) {
    List<ProcessHandle> all = Stream.concat(Stream.of(root), root.descendants()).toList();
    all.forEach(ProcessHandle::destroy);
    if (!ended(all, GRACE)) {
      all.forEach(ProcessHandle::destroyForcibly);
      if (!ended(all, GRACE)) {
        throw new IllegalStateException(
            "processes outlive SIGKILL: "
                + all.stream().filter(ProcessHandle::isAlive).map(ProcessHandle::pid).toList());
      }
    }
  }

  private static boolean ended(List<ProcessHandle> all, Duration bound) {
    Instant end = Instant.now().plus(bound);
    while (all.stream().anyMatch(ProcessHandle::isAlive)) {
      if (Instant.now().isAfter(end)) {
        return false;
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
