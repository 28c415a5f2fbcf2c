package io.sparkswitch.jobs.loop;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** The batches of a run's stream that no step uses, because a step with them went wrong. */
public final class SkipList {
  private final TreeSet<Long> batches;

  public SkipList(Collection<Long> batches) {
    this.batches = new TreeSet<>(batches);
  }

  /** The batch of a step, from 0: those that are left, in order. */
  public long batch(long step) {
    long batch = step;
    for (long skipped : batches) {
      if (skipped > batch) {
        break;
      }
      batch++;
    }
    return batch;
  }

  void add(long batch) {
    batches.add(batch);
  }

  /** In order. */
  List<Long> batches() {
    return List.copyOf(batches);
  }
}
