package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.ExpertPlacement;
import io.sparkswitch.model.t5.GemmFlops;
import io.sparkswitch.model.t5.StackKind;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Parameters;
import io.sparkswitch.model.tensor.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a run will need, known before anything is allocated.
 *
 * @param architecture the model
 * @param config the run
 * @param executors size of the gang
 * @param denseParameters held by the driver and by every executor
 * @param expertParameters of all experts together
 * @param expertParametersPerExecutor of the executor that holds the most
 */
public record Plan(
    T5Config architecture,
    RunConfig config,
    int executors,
    long denseParameters,
    long expertParameters,
    long expertParametersPerExecutor) {
  private static final long FLOAT = 4;
  private static final double MIB = 1 << 20;

  /**
   * @throws UsageException if there are fewer experts than executors
   */
  public static Plan of(RunConfig config, int vocabularyRows, int executors) {
    T5Config architecture = Architecture.of(config, vocabularyRows);
    long dense = Parameters.size(T5Parameters.dense(architecture));
    long all = 0;
    long most = 0;
    if (architecture.experts() > 0) {
      if (architecture.experts() < executors) {
        throw new UsageException(
            "model.num-experts = %d cannot be spread over %d executors: set gang.executors to at most %d"
                .formatted(architecture.experts(), executors, architecture.experts()));
      }
      ExpertPlacement placement = new ExpertPlacement(architecture.experts(), executors);
      long one = Parameters.size(T5Parameters.experts(architecture, 0, 1));
      all = one * architecture.experts();
      for (int rank = 0; rank < executors; rank++) {
        most = Math.max(most, one * placement.count(rank));
      }
    }
    return new Plan(architecture, config, executors, dense, all, most);
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
          "training.batch-size = %d in routing groups of %s is %d groups, too few for %d executors with %d micro-batches: lower routing.group-sequences or gang.executors, or raise training.batch-size"
              .formatted(batch, group == 0 ? "the whole batch" : group, groups, executors, parts));
    }
  }

  public long parameters() {
    return denseParameters + expertParameters;
  }

  /** Bytes that one executor sends in a step for the dense gradients and parameters. */
  public long denseBytesPerExecutor() {
    long total = denseParameters * FLOAT;
    long slice = FLOAT * (Exchange.sliceStart(denseParameters, 1, executors));
    // reduce-scatter to the others, its own slice to the driver, its slice of parameters to the
    // others
    return (total - slice) + slice + slice * (executors - 1);
  }

  /** Bytes the driver sends in a step; it receives as many. */
  public long driverBytes() {
    return denseParameters * FLOAT;
  }

  /**
   * Most bytes that one executor sends in a step for tokens: each kept token's row travels four
   * times, and (executors − 1) / executors of them to another executor.
   */
  public long tokenBytesPerExecutor(int encoderLength, int decoderLength) {
    long rows = 0;
    for (StackKind stack : StackKind.values()) {
      int length = stack == StackKind.ENCODER ? encoderLength : decoderLength;
      for (int block = 0; block < architecture.layers(stack); block++) {
        rows += architecture.hasSparseFeedForward(stack, block) ? length : 0;
        rows += architecture.hasSparseAttention(stack, block) ? 2L * length : 0;
      }
    }
    rows *= architecture.training().selection().expertsPerToken();
    long perExecutor = rows * config.training().batchSize() / executors;
    long travel = perExecutor * (executors - 1) / executors;
    return 4 * travel * architecture.width().embed() * FLOAT;
  }

  /** Matrix products of a forward pass, a token of encoder or decoder; a step costs three times. */
  public double flopsPerToken(int encoderLength, int decoderLength) {
    return (double) GemmFlops.forward(architecture, encoderLength, decoderLength)
        / (encoderLength + decoderLength);
  }

  /** Native memory of the driver: values, gradients and optimizer state of the dense part. */
  public double driverMebibytes() {
    return (2 + config.optimizer().momentsPerParameter()) * denseParameters * FLOAT / MIB;
  }

  /**
   * Native memory of an executor for parameters, gradients and its experts' optimizer state;
   * activations come on top.
   */
  public double executorMebibytes() {
    long moments = config.optimizer().momentsPerParameter() * expertParametersPerExecutor;
    return (3 * (denseParameters + expertParametersPerExecutor) + moments) * FLOAT / MIB;
  }

  /** Sentences for a person, with the reasons. */
  public List<String> sentences(int encoderLength, int decoderLength) {
    List<String> lines = new ArrayList<>();
    lines.add(
        text(
            "Model: %,d parameters: %,d dense (at the driver and on every executor), %,d in %d experts (at most %,d on one executor).",
            parameters(),
            denseParameters,
            expertParameters,
            architecture.experts(),
            expertParametersPerExecutor));
    lines.add(
        text(
            "Work: %.3g floating point operations a token forward, three times that in a training step.",
            flopsPerToken(encoderLength, decoderLength)));
    int batch = config.training().batchSize();
    lines.add(
        text(
            "Batch: %d sequences of %d + %d tokens, %d routing group(s), over %d executor(s), %d micro-batch(es) each; %,d steps.",
            batch,
            encoderLength,
            decoderLength,
            config.routing().groups(batch),
            executors,
            config.training().microBatches(),
            config.training().steps()));
    lines.add(
        text(
            "Wire, a step: each executor sends %.2f MiB of gradients and parameters and up to %.2f MiB of tokens; the driver sends and receives %.2f MiB, whatever the number of executors.",
            denseBytesPerExecutor() / MIB,
            tokenBytesPerExecutor(encoderLength, decoderLength) / MIB,
            driverBytes() / MIB));
    lines.add(
        text(
            "Native memory, outside the heap: driver %.0f MiB, executor %.0f MiB and its activations, and about 300 MiB of libraries each; spark.executor.memoryOverhead must hold it.",
            driverMebibytes(), executorMebibytes()));
    return lines;
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
