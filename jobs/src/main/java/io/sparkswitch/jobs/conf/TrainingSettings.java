package io.sparkswitch.jobs.conf;

import io.sparkswitch.model.checkpoint.Retention;
import java.io.Serializable;

/** Section {@code training}. */
public record TrainingSettings(
    long steps,
    int batchSize,
    int microBatches,
    int microBatchesInFlight,
    PrecisionName precision,
    ActivationsName activations,
    long logEvery,
    long checkpointEvery,
    int keepCheckpoints,
    long keepEvery,
    long evaluateEvery,
    long evaluationSequences,
    int evaluationBatchSize,
    long evaluationSeed,
    int threadsPerExecutor,
    double spikeFactor,
    int maxSkippedBatches)
    implements Serializable {

  public TrainingSettings {
    Require.positive("training.steps", steps);
    Require.positive("training.batch-size", batchSize);
    Require.that(
        microBatches >= 1 && microBatches <= batchSize,
        "training.micro-batches",
        microBatches,
        "from 1 to training.batch-size, %d".formatted(batchSize));
    Require.positive("training.micro-batches-in-flight", microBatchesInFlight);
    Require.positive("training.log-every", logEvery);
    Require.positive("training.checkpoint-every", checkpointEvery);
    Require.positive("training.keep-checkpoints", keepCheckpoints);
    Require.that(
        keepEvery >= 0 && keepEvery % checkpointEvery == 0,
        "training.keep-every",
        keepEvery,
        "0, or a multiple of training.checkpoint-every, %d".formatted(checkpointEvery));
    Require.notNegative("training.evaluate-every", evaluateEvery);
    Require.notNegative("training.evaluation-sequences", evaluationSequences);
    Require.positive("training.evaluation-batch-size", evaluationBatchSize);
    Require.positive("training.threads-per-executor", threadsPerExecutor);
    Require.that(
        spikeFactor == 0 || spikeFactor > 1 && Double.isFinite(spikeFactor),
        "training.spike-factor",
        spikeFactor,
        "above 1, or 0 for none");
    Require.notNegative("training.max-skipped-batches", maxSkippedBatches);
  }

  /** Which checkpoints stay. */
  public Retention retention() {
    return new Retention(keepCheckpoints, keepEvery);
  }
}
