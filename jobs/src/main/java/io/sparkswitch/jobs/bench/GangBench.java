package io.sparkswitch.jobs.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** What a gang costs, in ratios within one run, between real processes pinned to a core each. */
public final class GangBench {
  /** What can be measured by itself. */
  public enum Part {
    /** The exchange beside a bare socket. */
    WIRE(rounds -> new WireBench(9)),
    /** What the driver sends and receives a step. */
    DRIVER(rounds -> new DriverBench(List.of(1, 2, 4, 8))),
    /** The driver's memory. */
    MEMORY(rounds -> new DriverMemoryBench(UpdateCase.sparse(), List.of(1, 2, 4, 8))),
    /** A gang of one executor beside one process without a gang. */
    BARE(rounds -> new BareBench(UpdateCase.dense(), 4, 10)),
    /** Two executors on two cores beside twice one on one. */
    SCALING(
        rounds ->
            new ScalingBench(
                List.of(UpdateCase.dense(), UpdateCase.sparse(), UpdateCase.balanced()), rounds)),
    /** Two executors with two micro-batches in work at once beside two with one. */
    OVERLAP(
        rounds -> new OverlapBench(List.of(UpdateCase.sparse(), UpdateCase.balanced()), rounds)),
    /** Dense gradients to the driver and back beside bare sockets. */
    AGGREGATION(rounds -> new AggregationBench(List.of(2, 4), AggregationBench.ENTRIES, 9));

    private final IntFunction<GangPart> part;

    Part(IntFunction<GangPart> part) {
      this.part = part;
    }
  }

  private final int rounds;
  private final Map<String, String> environment;
  private final Consumer<String> say;

  /**
   * @param rounds that count in SCALING, in OVERLAP and of a trained model; other parts have their
   *     own
   * @param environment of executors
   */
  public GangBench(int rounds, Map<String, String> environment, Consumer<String> say) {
    this.rounds = rounds;
    this.environment = environment;
    this.say = say;
  }

  private void sayIfNotPinned() {
    if (!BenchProcess.canPin()) {
      say.accept("There is no taskset: processes share the cores as the system likes.");
    }
  }

  /**
   * Two executors beside twice one, which go on from a trained model.
   *
   * @param folder of its run
   * @param shards it was trained on
   */
  public void scaling(Path folder, String shards, ObjectNode results) throws IOException {
    sayIfNotPinned();
    List<UpdateCase> trained = List.of(UpdateCase.trained(folder, shards));
    new ScalingBench(trained, rounds).run(results, environment, say);
  }

  /** Runs parts one after the other; each adds what it measured to {@code results}. */
  public void run(List<Part> parts, ObjectNode results) throws IOException {
    sayIfNotPinned();
    for (Part part : parts) {
      part.part.apply(rounds).run(results, environment, say);
    }
  }
}
