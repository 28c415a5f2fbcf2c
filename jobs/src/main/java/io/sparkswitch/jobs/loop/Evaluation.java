package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.gang.DriverProgram;
import io.sparkswitch.jobs.loop.EvaluationBatch.Reading;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

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
  public record Sum(
      double crossEntropy, long targetTokens, Optional<Double> crossEntropyWithTrainingCapacity) {

    /** The paper's measure, a target token: higher is better. */
    public double negLogPerplexity() {
      return -crossEntropy / targetTokens;
    }

    /** The same with tokens left behind as in training; empty for a dense model. */
    public Optional<Double> negLogPerplexityWithTrainingCapacity() {
      return crossEntropyWithTrainingCapacity.map(sum -> -sum / targetTokens);
    }

    Sum plus(Sum other) {
      return new Sum(
          crossEntropy + other.crossEntropy,
          targetTokens + other.targetTokens,
          crossEntropyWithTrainingCapacity.map(
              sum -> sum + other.crossEntropyWithTrainingCapacity.orElseThrow()));
    }
  }

  /**
   * @param total over the whole split, the sum of its languages where these are told
   * @param languages in the order of their codes; empty where the split has only one
   */
  public record Result(Sum total, SortedMap<String, Sum> languages) {
    public Result {
      languages = Collections.unmodifiableSortedMap(new TreeMap<>(languages));
    }
  }

  /**
   * Evaluates a model on the whole split.
   *
   * @param sequences of the validation split
   * @param languages sequences of each of its languages; empty to take it as one
   */
  public static DriverProgram<Result> of(
      LoadedModel model, long sequences, SortedMap<String, Long> languages) {
    RunConfig config = model.spec().config();
    return model.doing(
        (ranks, attempt) -> {
          if (languages.isEmpty()) {
            return new Result(sum(ranks, config, Split.all(sequences)), new TreeMap<>());
          }
          SortedMap<String, Sum> sums = new TreeMap<>();
          int part = ValidationStreams.ALL;
          for (var language : languages.entrySet()) {
            Split split = new Split(++part, language.getValue());
            sums.put(language.getKey(), sum(ranks, config, split));
          }
          return new Result(sums.values().stream().reduce(Sum::plus).orElseThrow(), sums);
        });
  }

  /**
   * The loss with every sequence's encoder input exchanged for another's, nats a target token: what
   * a model without its context has.
   */
  public static DriverProgram<Double> ofShuffledInputs(LoadedModel model, long sequences) {
    RunConfig config = model.spec().config();
    return model.doing(
        (ranks, attempt) ->
            sum(ranks, config, Split.all(sequences), Reading.SHUFFLED_INPUTS).loss());
  }

  private static Sum sum(RankSet ranks, RunConfig config, Split split) {
    RankReport dropless = dropless(ranks, config, split);
    Optional<Double> withCapacity =
        config.model().sparse()
            ? Optional.of(sum(ranks, config, split, Reading.TRAINING_CAPACITY).crossEntropy())
            : Optional.empty();
    return new Sum(dropless.crossEntropy(), dropless.targetTokens(), withCapacity);
  }

  /** The reports with the capacity of evaluations. */
  static RankReport dropless(RankSet ranks, RunConfig config, Split split) {
    return sum(ranks, config, split, Reading.PLAIN);
  }

  private static RankReport sum(RankSet ranks, RunConfig config, Split split, Reading reading) {
    int batchSize = config.training().evaluationBatchSize();
    long batches = (split.sequences() + batchSize - 1) / batchSize;
    RankReport sum = RankReport.none();
    for (long batch = 0; batch < batches; batch++) {
      sum = sum.plus(ranks.evaluate(new EvaluationBatch(split.part(), batch, reading)));
    }
    return sum;
  }

  /**
   * What is evaluated.
   *
   * @param part see {@link ValidationStreams}
   * @param sequences the first so many of it, in whole batches
   */
  record Split(int part, long sequences) {
    static Split all(long sequences) {
      return new Split(ValidationStreams.ALL, sequences);
    }
  }
}
