package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.gang.RegroupException;
import io.sparkswitch.model.checkpoint.BackgroundShard;
import io.sparkswitch.model.checkpoint.CheckpointFolder;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The checkpoints of an attempt, written while it trains on: the driver and every rank copy and
 * write their shards in the background, and the driver commits when all have done so. At most one
 * is on its way at a time.
 */
final class CheckpointWriter implements AutoCloseable {
  /** Below the time-out of any message, which a long write may exceed. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final RankSet ranks;
  private final DenseModel dense;
  private final BackgroundShard shard;
  private final Duration bound;
  private final Consumer<String> say;
  private Optional<Pending> pending = Optional.empty();
  private boolean saidThatTrainingWaits;
  private int committed;
  private Duration longestHeld = Duration.ZERO;

  /**
   * @param bound how long a checkpoint may keep {@link #finish} waiting
   */
  CheckpointWriter(
      CheckpointFolder folder,
      RankSet ranks,
      DenseModel dense,
      Duration bound,
      Consumer<String> say) {
    this.ranks = ranks;
    this.dense = dense;
    this.shard = new BackgroundShard(folder, ranks.attempt(), "dense");
    this.bound = bound;
    this.say = say;
  }

  /** Makes a checkpoint of shards that are all written. */
  @FunctionalInterface
  interface Commit {
    /**
     * @param finite whether all entries of all shards are
     */
    void of(List<Shard> shards, boolean finite) throws IOException, RegroupException;
  }

  private record Pending(long step, Commit commit) {}

  /**
   * Begins the checkpoint of what the driver and the ranks hold now; waits for the one before.
   *
   * @param commit called later, by {@link #poll} or {@link #finish}
   * @throws IOException if the one before could not be written or committed
   */
  void begin(long step, Commit commit) throws IOException, RegroupException {
    poll();
    if (pending.isPresent()) {
      waitBeforeNext(pending.get().step(), step);
    }
    shard.begin(step, dense.tensors());
    ranks.checkpoint(step);
    pending = Optional.of(new Pending(step, commit));
  }

  private void waitBeforeNext(long step, long next) throws IOException, RegroupException {
    long startedAt = System.nanoTime();
    finish();
    long seconds = (System.nanoTime() - startedAt) / 1_000_000_000;
    if (seconds > 0 && !saidThatTrainingWaits) {
      saidThatTrainingWaits = true;
      say.accept(
          "Training waited %d s at step %d for the checkpoint of step %d to be written: a larger training.checkpoint-every lets it go on."
              .formatted(seconds, next, step));
    }
  }

  /** Returns when the dense parameters may be changed. */
  void awaitCopy() throws IOException {
    shard.awaitCopy();
  }

  /**
   * Commits what is on its way if all shards are written; hardly waits.
   *
   * @throws IOException if one could not be written, or not be committed
   */
  void poll() throws IOException, RegroupException {
    poll(Duration.ZERO);
  }

  /**
   * Waits for what is on its way and commits it.
   *
   * @throws IOException if it could not be written or committed, or takes too long: naming who
   *     still writes
   */
  void finish() throws IOException, RegroupException {
    long startedAt = System.nanoTime();
    String missing = poll(PATIENCE);
    while (!missing.isEmpty()) {
      if (System.nanoTime() - startedAt > bound.toNanos()) {
        throw new IOException(
            "waited %.0f s (exchange.driver-time-out) for the checkpoint of step %d: %s still writes its shard; is the storage of the run folder slow or gone?"
                .formatted(bound.toMillis() / 1e3, pending.orElseThrow().step(), missing));
      }
      missing = poll(PATIENCE);
    }
  }

  /** Who still writes; empty if nothing is on its way any more. */
  private String poll(Duration patience) throws IOException, RegroupException {
    if (pending.isEmpty()) {
      return "";
    }
    Optional<Shard> own = shard.written(patience);
    if (own.isEmpty()) {
      return "the driver";
    }
    List<Shard> all = new ArrayList<>(List.of(own.get()));
    boolean finite = shard.finite();
    List<ShardProgress> progress = ranks.written(patience);
    for (int rank = 0; rank < progress.size(); rank++) {
      if (!progress.get(rank).done()) {
        return "rank " + rank;
      }
      progress.get(rank).shard().ifPresent(all::add);
      finite &= progress.get(rank).finite();
    }
    progress.forEach(rank -> note(rank.held()));
    note(shard.held());
    committed++;
    Commit commit = pending.get().commit();
    pending = Optional.empty();
    commit.of(all, finite);
    return "";
  }

  private void note(Duration held) {
    longestHeld = held.compareTo(longestHeld) > 0 ? held : longestHeld;
  }

  /**
   * Says how long checkpoints kept training waiting: to be handed over, and for their copies.
   *
   * @param step how long a step took, on average
   */
  void sayHowLongTheyHeld(Duration step) {
    if (committed > 0 && !step.isZero()) {
      say.accept(
          "Of %d checkpoint(s) none held training, at the driver or a rank, for more than %.2f ms: %.2f %% of a step of %.2f s."
              .formatted(
                  committed,
                  longestHeld.toNanos() / 1e6,
                  100.0 * longestHeld.toNanos() / step.toNanos(),
                  step.toNanos() / 1e9));
    }
  }

  /** Gives up what is on its way. */
  @Override
  public void close() {
    shard.close();
  }
}
