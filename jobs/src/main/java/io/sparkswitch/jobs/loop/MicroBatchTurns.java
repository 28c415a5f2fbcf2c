package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.exchange.Alternation;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.tensor.Natives;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The micro-batches of a step one after the other, or two by turns: then one is computed while the
 * other's tokens are on their way to experts and back.
 *
 * <p>Concurrency: one thread calls; the second of two micro-batches has a thread of its own.
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
    this.alternation = new Alternation(exchange, config.exchange().driverTimeOut(), around);
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
    int parts = config.training().microBatches();
    RankReport sum = RankReport.none();
    for (int part = 0; part < parts; part += inFlight) {
      if (inFlight == 1 || part + 1 == parts) {
        sum = sum.plus(training.of(part));
      } else {
        sum = sum.plus(pair(training, part));
      }
    }
    return sum;
  }

  private RankReport pair(Training training, int first) throws IOException {
    List<RankReport> both =
        alternation.run(
            () -> training.of(first),
            () -> {
              Natives.threads(config.training().threadsPerExecutor());
              return training.of(first + 1);
            });
    return both.get(0).plus(both.get(1));
  }

  @Override
  public void close() {
    alternation.close();
  }
}
