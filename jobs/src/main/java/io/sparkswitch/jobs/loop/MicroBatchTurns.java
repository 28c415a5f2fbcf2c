package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.exchange.Alternation;
import io.sparkswitch.model.exchange.Alternation.Program;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.tensor.Natives;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The micro-batches of a step one after the other, or some by turns: then one is computed while the
 * others' tokens are on their way to experts and back.
 *
 * <p>Concurrency: one thread calls; it computes the first of those that take turns, and each other
 * has a thread of its own.
 */
final class MicroBatchTurns implements AutoCloseable {
  private final RunConfig config;
  private final int inFlight;
  private final Alternation alternation;

  /** What is done with one. */
  @FunctionalInterface
  interface Training {
    RankReport of(int part) throws IOException;
  }

  /**
   * @param around see {@link Alternation}
   */
  MicroBatchTurns(RunConfig config, Exchange exchange, UnaryOperator<Runnable> around) {
    this.config = config;
    this.inFlight = inFlight(config, exchange.size());
    // A micro-batch computes between two all-to-alls, and waits in one: less than a step.
    this.alternation =
        new Alternation(exchange, inFlight, config.exchange().driverTimeOut(), around);
  }

  /** How many micro-batches have their activations in memory at once. */
  static int inFlight(RunConfig config, int executors) {
    boolean tokensTravel = config.model().sparse() && executors > 1;
    return tokensTravel
        ? Math.min(config.training().microBatchesInFlight(), config.training().microBatches())
        : 1;
  }

  /** The sum of all reports, in the order of the micro-batches. */
  RankReport train(Training training) throws IOException {
    RankReport[] reports = new RankReport[config.training().microBatches()];
    if (inFlight == 1) {
      every(reports, 0, training);
    } else {
      List<Program<Void>> programs = new ArrayList<>();
      for (int i = 0; i < inFlight; i++) {
        int first = i;
        programs.add(
            () -> {
              Natives.threads(config.training().threadsPerExecutor()); // of its own thread
              every(reports, first, training);
              return null;
            });
      }
      alternation.run(programs);
    }
    return Arrays.stream(reports).reduce(RankReport.none(), RankReport::plus);
  }

  /** One micro-batch of as many as are in flight, after the other. */
  private void every(RankReport[] reports, int first, Training training) throws IOException {
    for (int part = first; part < reports.length; part += inFlight) {
      reports[part] = training.of(part);
    }
  }

  @Override
  public void close() {
    alternation.close();
  }
}
