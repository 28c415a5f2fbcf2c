package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.distill.loss.DistillationLoss;
import io.sparkswitch.distill.loss.RemainderLoss;
import io.sparkswitch.distill.target.SoftTargetsBatch;
import io.sparkswitch.distill.target.store.SoftTargetsReader;
import io.sparkswitch.jobs.conf.DistillSettings;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.loss.CrossEntropy;
import io.sparkswitch.model.loss.Objective;
import io.sparkswitch.model.t5.Inputs;
import org.apache.hadoop.conf.Configuration;

/** What is minimised at each step. */
@FunctionalInterface
interface Objectives extends AutoCloseable {

  /**
   * The objective of a micro-batch, usable as long as the scope it was asked in. All ranks ask for
   * theirs at the same time.
   *
   * @param inputs its tensors
   * @param tag of its messages, but for layer and direction
   */
  Objective of(MicroBatch micro, Inputs inputs, Tag tag);

  @Override
  default void close() {}

  /** Cross-entropy with the labels, and the output z-loss where there is one. */
  static Objective hard(RunConfig config) {
    return new CrossEntropy(config.model().outputZLossFactor());
  }

  /** The mixed loss of a configuration. */
  static DistillationLoss mixed(RunConfig config) {
    DistillSettings distill = config.distill();
    return new DistillationLoss(
        distill.softFraction(),
        distill.temperature(),
        RemainderLoss.valueOf(distill.remainder().name()),
        config.model().outputZLossFactor());
  }

  /** The labels alone. */
  static Objectives labels(RunConfig config) {
    Objective hard = hard(config);
    return (micro, inputs, tag) -> hard;
  }

  /**
   * Labels and the soft targets in a folder, which is opened with the first step that is trained on
   * them: who writes them has none yet.
   *
   * <p>Concurrency: one thread.
   */
  final class Stored implements Objectives {
    private final DistillationLoss loss;
    private final String folder;
    private final Configuration hadoop;
    private SoftTargetsReader reader;

    Stored(WorkerSpec spec, Configuration hadoop) {
      this.loss = mixed(spec.config());
      this.folder = spec.folders().targets();
      this.hadoop = hadoop;
    }

    @Override
    public Objective of(MicroBatch micro, Inputs inputs, Tag tag) {
      if (reader == null) {
        reader = SoftTargetsReader.open(folder, hadoop);
      }
      int from = micro.share().from();
      Batch part = micro.batch().slice(from, micro.share().to());
      return loss.objective(SoftTargetsBatch.of(reader.rows(micro.number(), from, part), part));
    }
  }
}
