package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.distill.loss.DistillationLoss;
import io.sparkswitch.distill.loss.RemainderLoss;
import io.sparkswitch.distill.target.SoftTargetsBatch;
import io.sparkswitch.distill.target.store.SoftTargetsReader;
import io.sparkswitch.jobs.conf.DistillSettings;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.loss.CrossEntropy;
import io.sparkswitch.model.loss.Objective;
import org.apache.hadoop.conf.Configuration;

/** What is minimised at each step. */
@FunctionalInterface
interface Objectives {

  /** The objective of a rank's share of a step's batch. */
  Objective of(long step, Batch batch, Share share);

  /** Cross-entropy with the labels, and the output z-loss where there is one. */
  static Objective hard(RunConfig config) {
    return new CrossEntropy(config.model().outputZLossFactor());
  }

  /**
   * The mixed loss where the run has soft targets, else cross-entropy. The targets are opened with
   * the first step that is trained on them: who writes them has none yet.
   */
  static Objectives of(WorkerSpec spec, Configuration hadoop) {
    Objective hard = hard(spec.config());
    return spec.folders().hasTargets() ? new Mixed(spec, hadoop) : (step, batch, share) -> hard;
  }

  /** Concurrency: one thread. */
  final class Mixed implements Objectives {
    private final DistillationLoss loss;
    private final String folder;
    private final Configuration hadoop;
    private SoftTargetsReader reader;

    private Mixed(WorkerSpec spec, Configuration hadoop) {
      DistillSettings distill = spec.config().distill();
      this.loss =
          new DistillationLoss(
              distill.softFraction(),
              distill.temperature(),
              RemainderLoss.valueOf(distill.remainder().name()));
      this.folder = spec.folders().targets();
      this.hadoop = hadoop;
    }

    @Override
    public Objective of(long step, Batch batch, Share share) {
      if (reader == null) {
        reader = SoftTargetsReader.open(folder, hadoop);
      }
      Batch part = batch.slice(share.from(), share.to());
      return loss.objective(SoftTargetsBatch.of(reader.rows(step, share.from(), part), part));
    }
  }
}
