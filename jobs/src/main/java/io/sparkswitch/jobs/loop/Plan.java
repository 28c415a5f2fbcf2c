package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.model.exchange.ExpertPlacement;
import io.sparkswitch.model.t5.T5Config;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a run will need, known before anything is allocated; the size of the model is of no account.
 *
 * @param architecture the model
 * @param config the run
 * @param executors size of the gang
 */
public record Plan(T5Config architecture, RunConfig config, int executors) {

  public static Plan of(RunConfig config, int vocabularyRows, int executors) {
    return new Plan(Architecture.of(config, vocabularyRows), config, executors);
  }

  /**
   * For a training: every executor and micro-batch needs a whole routing group.
   *
   * @throws UsageException if there are too few
   */
  public void requireGroups() {
    int batch = config.training().batchSize();
    int group = config.routing().groupSequences();
    int parts = config.training().microBatches();
    int groups = config.routing().groups(batch);
    if (groups < (long) executors * parts) {
      throw new UsageException(
          "training.batch-size = %d in routing groups of %s is %d groups, too few for %d executors with %d micro-batches: lower routing.group-sequences or the number of executors, or raise training.batch-size"
              .formatted(batch, group == 0 ? "the whole batch" : group, groups, executors, parts));
    }
  }

  public long parameters() {
    return architecture.parameters();
  }

  /** Held by the driver and by every executor. */
  public long denseParameters() {
    return architecture.parameterCounts().dense();
  }

  /** Of a parameter, of its gradient, and of each number its optimizer remembers. */
  long parameterBytes() {
    return Architecture.precision(config).parameterBytes();
  }

  /** Of all experts together. */
  public long expertParameters() {
    return architecture.parameterCounts().sparse();
  }

  /** Of the executor that holds the most. */
  public long expertParametersPerExecutor() {
    return expertsPerExecutor() * architecture.parameterCounts().oneExpert();
  }

  /** Experts of each sparse layer on the executor that holds the most. */
  int expertsPerExecutor() {
    if (architecture.experts() == 0) {
      return 0;
    }
    ExpertPlacement placement = new ExpertPlacement(architecture.experts(), executors);
    return IntStream.range(0, executors).map(placement::count).max().orElseThrow();
  }

  /** Experts of each sparse layer on an executor. */
  int expertsOf(int rank) {
    int experts = architecture.experts();
    return experts == 0 ? 0 : new ExpertPlacement(experts, executors).count(rank);
  }

  /** Sequences of the global batch that an executor works on. */
  int sequences(int rank) {
    int group = config.routing().groupSequences();
    Share share = Share.of(config.training().batchSize(), group, rank, executors);
    return share.to() - share.from();
  }

  /** Native memory of an executor that holds the model to read it, not to train it. */
  public long readingBytes() {
    return IntStream.range(0, executors)
        .mapToLong(rank -> HeldMemory.ofExecutor(this, rank).values())
        .max()
        .orElseThrow();
  }

  /** What a token meets: everything dense, and the experts that compute it. */
  public long activeParameters() {
    return architecture.parameterCounts().active();
  }

  public ParameterMemory memory() {
    return ParameterMemory.of(this);
  }

  /** Matrix products of a forward pass, a token of encoder or decoder; a step costs three times. */
  public double flopsPerToken(int encoderLength, int decoderLength) {
    return (double) architecture.gemmFlops(encoderLength, decoderLength)
        / (encoderLength + decoderLength);
  }

  /** Sentences for a person, with the reasons. */
  public List<String> sentences(int encoderLength, int decoderLength) {
    return new PlanSentences(this, encoderLength, decoderLength).all();
  }
}
