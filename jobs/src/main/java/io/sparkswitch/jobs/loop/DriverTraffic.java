package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.gang.DriverProgram;
import io.sparkswitch.model.checkpoint.CheckpointFolder;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.checkpoint.CheckpointManifest;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Traffic;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.apache.hadoop.conf.Configuration;

/**
 * Trains some steps, from the first or from the last checkpoint that the run's folder holds, and
 * tells of each its loss and what the driver's exchange counted. Nothing is written.
 */
public final class DriverTraffic implements DriverProgram<List<DriverTraffic.Step>> {
  private final RunConfig config;
  private final String checkpoints;
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
    this.checkpoints = spec.folders().checkpoints();
    this.vocabularyRows = vocabularyRows;
    this.steps = steps;
    this.settled = settled;
  }

  /**
   * Bytes of messages are without the headers of their frames.
   *
   * @param loss cross-entropy, nats per target token
   * @param sent by the driver
   * @param received by the driver
   */
  public record Step(double loss, Map<Direction, Long> sent, Map<Direction, Long> received) {

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
  public List<Step> run(Exchange exchange, int attempt) throws IOException {
    RankSet ranks = new RankSet(exchange, attempt);
    List<Step> all = new ArrayList<>();
    try (DenseModel dense = new DenseModel(Architecture.of(config, vocabularyRows), config)) {
      long first = start(ranks, dense);
      ranks.sendParameters(dense.parameters());
      settle(ranks);
      for (long step = first; step < first + steps; step++) {
        Traffic traffic = exchange.traffic();
        Map<Direction, Long> sent = count(traffic::sent);
        Map<Direction, Long> received = count(traffic::received);
        double loss = train(step, ranks, dense);
        all.add(new Step(loss, since(sent, traffic::sent), since(received, traffic::received)));
        settle(ranks);
      }
      ranks.stop();
    }
    return all;
  }

  /** The first step. */
  private long start(RankSet ranks, DenseModel dense) throws IOException {
    Configuration hadoop = new Configuration();
    Optional<Committed> latest = new CheckpointFolder(checkpoints, hadoop).latest();
    if (latest.isEmpty()) {
      dense.parameters().initialise(config.seed());
      return 0;
    }
    CheckpointManifest manifest = latest.get().manifest();
    dense.load(latest.get(), hadoop);
    ranks.load(manifest.step(), manifest.attempt());
    return manifest.step();
  }

  private void settle(RankSet ranks) {
    ranks.await();
    settled.run();
  }

  private double train(long step, RankSet ranks, DenseModel dense) {
    RankReport report = ranks.train(step, step, dense);
    double squares = report.expertSquares() + dense.gradientSquares();
    Verdict verdict =
        Verdict.of(
            Architecture.schedule(config).rate(step + 1), config.optimizer().clipNorm(), squares);
    ranks.update(step, verdict);
    dense.update(step, verdict);
    ranks.sendParameters(dense.parameters());
    return report.loss();
  }

  private static Map<Direction, Long> count(ToLongFunction<Direction> counter) {
    Map<Direction, Long> all = new EnumMap<>(Direction.class);
    for (Direction direction : Direction.values()) {
      all.put(direction, counter.applyAsLong(direction));
    }
    return all;
  }

  private static Map<Direction, Long> since(
      Map<Direction, Long> before, ToLongFunction<Direction> counter) {
    Map<Direction, Long> now = count(counter);
    now.replaceAll((direction, bytes) -> bytes - before.get(direction));
    return now;
  }
}
