package io.sparkswitch.jobs.bench;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Lets a training go on by one update whenever the parent process says so, and tells it how many
 * seconds that took. To be run before the first update and after each.
 *
 * <p>Concurrency: one thread.
 */
final class Pace implements Runnable {
  private final ParentLines parent;
  private final int updates;
  private int begun;
  private long startedAt;

  /**
   * @param updates in all
   */
  Pace(ParentLines parent, int updates) {
    this.parent = parent;
    this.updates = updates;
  }

  /** The parent's side: one update of a process that keeps this pace. */
  static double update(BenchProcess process) throws IOException {
    process.tell("update");
    return Double.parseDouble(process.line());
  }

  /** One update of two processes at once: the slower one's time. */
  static double updateBoth(BenchProcess one, BenchProcess other) throws IOException {
    one.tell("update");
    other.tell("update");
    return Math.max(Double.parseDouble(one.line()), Double.parseDouble(other.line()));
  }

  @Override
  public void run() {
    if (begun > 0) {
      parent.tell(Double.toString((System.nanoTime() - startedAt) / 1e9));
    }
    if (begun < updates) {
      awaitParent();
    }
    begun++;
    startedAt = System.nanoTime();
  }

  private void awaitParent() {
    try {
      parent.line();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
