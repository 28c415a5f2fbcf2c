package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.gang.DriverProgram;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Traffic;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Trains some steps, from the first, and tells what the driver's exchange counted in each. Nothing
 * is written.
 */
public final class DriverTraffic implements DriverProgram<List<DriverTraffic.Step>> {
  private final RunConfig config;
  private final int vocabularyRows;
  private final int steps;
  private final Runnable settled;

  /**
   * @param spec of the ranks
   * @param vocabularyRows rows of the embedding
   * @param steps to train
   * @param settled called before the first step and after each, when every rank waits for the next
   *     order; it asked them to answer one order more
   */
  public DriverTraffic(WorkerSpec spec, int vocabularyRows, int steps, Runnable settled) {
    this.config = spec.config();
    this.vocabularyRows = vocabularyRows;
    this.steps = steps;
    this.settled = settled;
  }

  /**
   * Bytes of messages, without the headers of their frames.
   *
   * @param sent by the driver
   * @param received by the driver
   */
  public record Step(Map<Direction, Long> sent, Map<Direction, Long> received) {

    /** Both ways. */
    public long bytes() {
      return sum(sent) + sum(received);
    }

    /** Both ways: gradients and parameters, and what the ranks have summed of their routers. */
    public long vectorBytes() {
      return sent.get(Direction.FROM_DRIVER)
          + received.get(Direction.TO_DRIVER)
          + received.get(Direction.METRICS);
    }

    private static long sum(Map<Direction, Long> bytes) {
      return bytes.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  @Override
  public List<Step> run(Exchange exchange, int attempt) {
    RankSet ranks = new RankSet(exchange, attempt);
    List<Step> all = new ArrayList<>();
    try (DenseModel dense = new DenseModel(Architecture.of(config, vocabularyRows), config)) {
      dense.parameters().initialise(config.seed());
      ranks.sendParameters(dense.parameters());
      settle(ranks);
      for (int step = 0; step < steps; step++) {
        Step before = counted(exchange.traffic());
        train(step, ranks, dense);
        all.add(difference(before, counted(exchange.traffic())));
        settle(ranks);
      }
      ranks.stop();
    }
    return all;
  }

  private void settle(RankSet ranks) {
    ranks.await();
    settled.run();
  }

  private void train(long step, RankSet ranks, DenseModel dense) {
    RankReport report = ranks.train(step, step, dense);
    double squares = report.expertSquares() + dense.gradientSquares();
    Verdict verdict =
        Verdict.of(
            Architecture.schedule(config).rate(step + 1), config.optimizer().clipNorm(), squares);
    ranks.update(step, verdict);
    dense.update(step, verdict);
    ranks.sendParameters(dense.parameters());
  }

  private static Step counted(Traffic traffic) {
    Map<Direction, Long> sent = new EnumMap<>(Direction.class);
    Map<Direction, Long> received = new EnumMap<>(Direction.class);
    for (Direction direction : Direction.values()) {
      sent.put(direction, traffic.sent(direction));
      received.put(direction, traffic.received(direction));
    }
    return new Step(sent, received);
  }

  private static Step difference(Step before, Step after) {
    after.sent.replaceAll((direction, bytes) -> bytes - before.sent.get(direction));
    after.received.replaceAll((direction, bytes) -> bytes - before.received.get(direction));
    return after;
  }
}
