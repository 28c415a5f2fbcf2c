package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.gang.DriverProgram;
import java.util.Optional;

/**
 * The loss over the validation split: cross-entropy in nats, summed over all real target tokens,
 * with fixed masks, no dropout and no jitter.
 */
public final class Evaluation {
  private Evaluation() {}

  /**
   * @param crossEntropy summed over the target tokens
   * @param targetTokens their number, sentinels and ends included
   * @param crossEntropyWithTrainingCapacity the same with tokens left behind as in training; empty
   *     for a dense model
   */
  public record Result(
      double crossEntropy, long targetTokens, Optional<Double> crossEntropyWithTrainingCapacity) {

    /** The paper's measure, a target token: higher is better. */
    public double negLogPerplexity() {
      return -crossEntropy / targetTokens;
    }
  }

  /**
   * Evaluates a model on the whole split.
   *
   * @param sequences of the validation split
   */
  public static DriverProgram<Result> of(LoadedModel model, long sequences) {
    RunConfig config = model.spec().config();
    return model.doing(
        (ranks, attempt) -> {
          RankReport dropless = sum(ranks, config, sequences, false);
          Optional<Double> withCapacity =
              config.model().sparse()
                  ? Optional.of(sum(ranks, config, sequences, true).crossEntropy())
                  : Optional.empty();
          return new Result(dropless.crossEntropy(), dropless.targetTokens(), withCapacity);
        });
  }

  /** The reports on the first {@code sequences}, whole batches. */
  static RankReport sum(
      RankSet ranks, RunConfig config, long sequences, boolean withTrainingCapacity) {
    int batchSize = config.training().evaluationBatchSize();
    long batches = (sequences + batchSize - 1) / batchSize;
    RankReport sum = RankReport.none();
    for (long batch = 0; batch < batches; batch++) {
      sum = sum.plus(ranks.evaluate(batch, withTrainingCapacity));
    }
    return sum;
  }
}
