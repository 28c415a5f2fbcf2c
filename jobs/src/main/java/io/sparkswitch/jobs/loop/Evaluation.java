package io.sparkswitch.jobs.loop;

/** Loss over the validation split, summed over ranks and batches. */
final class Evaluation {
  private Evaluation() {}

  /**
   * Nats per target token.
   *
   * @param limit most sequences to use, whole batches; 0 for all
   */
  static double loss(RankSet ranks, TrainingRun run, long limit) {
    return sum(ranks, run, limit, false).loss();
  }

  static RankReport sum(RankSet ranks, TrainingRun run, long limit, boolean withTrainingCapacity) {
    int batchSize = run.spec().config().training().evaluationBatchSize();
    long sequences = run.validationSequences();
    long wanted = limit == 0 ? sequences : Math.min(limit, sequences);
    long batches = (wanted + batchSize - 1) / batchSize;
    RankReport sum = RankReport.none();
    for (long batch = 0; batch < batches; batch++) {
      sum = sum.plus(ranks.evaluate(batch, withTrainingCapacity));
    }
    return sum;
  }
}
