package io.sparkswitch.model.tensor;

import java.util.EnumMap;
import java.util.Map;

/** Adds up where the time of training steps goes. Not thread-safe. */
public final class Stopwatch {
  private final Map<Phase, Long> nanos = new EnumMap<>(Phase.class);
  private Phase running = Phase.OTHER;
  private long since = System.nanoTime();

  /** What follows belongs to {@code next}. */
  public void enter(Phase next) {
    long now = System.nanoTime();
    nanos.merge(running, now - since, Long::sum);
    running = next;
    since = now;
  }

  /** Begins anew. */
  public void reset() {
    nanos.clear();
    running = Phase.OTHER;
    since = System.nanoTime();
  }

  /** Seconds of each phase until now. */
  public Map<Phase, Double> seconds() {
    enter(running);
    Map<Phase, Double> seconds = new EnumMap<>(Phase.class);
    for (Phase phase : Phase.values()) {
      seconds.put(phase, nanos.getOrDefault(phase, 0L) / 1e9);
    }
    return seconds;
  }
}
