package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.TrainingSettings;
import io.sparkswitch.jobs.exit.DivergedException;
import io.sparkswitch.jobs.gang.RegroupException;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Cursor;
import java.util.ArrayList;
import java.util.List;

/**
 * Judges every step, and every update of which a checkpoint is made. A step whose loss or gradient
 * is not finite, or whose loss is a spike, goes no further: the run goes back to the last
 * checkpoint and does without its batch from then on, which the next checkpoint remembers. After
 * too many such batches without a checkpoint between, it is not the data that is wrong, and the run
 * has diverged.
 */
final class BadBatches {
  private final TrainingSettings settings;
  private final List<Long> found = new ArrayList<>();
  private SkipList skipped = new SkipList(List.of());
  private LossAverage average;

  BadBatches(TrainingSettings settings) {
    this.settings = settings;
    this.average = new LossAverage(settings.spikeFactor(), 0);
  }

  /** Goes back to a checkpoint; batches found bad since stay skipped. */
  void restore(Cursor cursor) {
    skipped = new SkipList(cursor.skippedBatches());
    found.forEach(skipped::add);
    average = new LossAverage(settings.spikeFactor(), cursor.lossAverage());
  }

  long batch(long step) {
    return skipped.batch(step);
  }

  /**
   * Judges a step before anybody updates.
   *
   * @throws RegroupException if its batch is bad
   * @throws DivergedException if it is one too many
   */
  void check(long step, boolean finite, double loss) throws RegroupException {
    if (!isBad(finite, loss)) {
      average.add(loss);
      return;
    }
    String what =
        finite
            ? "step %d had a loss of %.4g, above training.spike-factor = %s times the %.4g of late"
                .formatted(step, loss, settings.spikeFactor(), average.value())
            : "step %d had a loss or gradient that is not finite".formatted(step);
    leaveOut(batch(step), what);
  }

  /** Whether {@link #check} will not let a step pass. */
  boolean isBad(boolean finite, double loss) {
    return !finite || average.isSpike(loss);
  }

  /**
   * Judges what an update made, before it becomes a checkpoint.
   *
   * @param step of the checkpoint
   * @param batch of the update
   * @param finite whether parameters and optimizer state are
   * @throws RegroupException as {@link #check}
   * @throws DivergedException as {@link #check}
   */
  void checkUpdate(long step, long batch, boolean finite) throws RegroupException {
    if (!finite) {
      leaveOut(
          batch,
          "the update to step %d left parameters or optimizer state that are not finite"
              .formatted(step));
    }
  }

  private void leaveOut(long batch, String what) throws RegroupException {
    found.add(batch);
    if (found.size() > settings.maxSkippedBatches()) {
      throw new DivergedException(
          "%s; steps before it with batches %s were bad too, without a checkpoint between (training.max-skipped-batches): start over with --fresh and a lower optimizer.peak-learning-rate, or with another seed"
              .formatted(what, found.subList(0, found.size() - 1)));
    }
    throw new RegroupException("%s: batch %d is left out from now on".formatted(what, batch));
  }

  Cursor cursor() {
    return new Cursor(skipped.batches(), average.value());
  }

  /** A checkpoint remembers what its cursor holds. */
  void committed(Cursor cursor) {
    found.removeAll(cursor.skippedBatches());
  }
}
