package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.loss.CrossEntropy;
import io.sparkswitch.model.t5.GradientStep;
import io.sparkswitch.model.t5.GradientStep.Objective;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.pytorch.Tensor;

/** What is minimised at each step. */
interface Objectives {

  /** The objective of a rank's share of a step's batch. */
  Objective of(long step, Batch batch, Share share) throws IOException;

  /** Cross-entropy with the labels. */
  static Objective hard() {
    return (logits, targets) -> {
      Tensor crossEntropy = CrossEntropy.sum(logits, targets);
      return new GradientStep.Loss(crossEntropy, crossEntropy);
    };
  }

  static Objectives of(WorkerSpec spec, Configuration hadoop) throws IOException {
    return (step, batch, share) -> hard();
  }
}
