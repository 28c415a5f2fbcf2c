package io.sparkswitch.jobs.bench;

import io.sparkswitch.jobs.gang.GangMember;
import io.sparkswitch.jobs.loop.BareLoop;
import io.sparkswitch.jobs.loop.DriverTraffic;
import io.sparkswitch.jobs.loop.ModelWorker;
import io.sparkswitch.jobs.loop.WorkerSpec;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.NettyExchange;
import io.sparkswitch.model.tensor.Natives;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * A process that trains at its parent's {@link Pace}: the driver or a rank of a gang, or a rank
 * that waits while the bare loop trains in the same process. One thread computes. A driver that is
 * done tells how much memory it had at most.
 */
final class TrainingPeer {
  private static final String RANKS = "ranks";
  private static final String RANKS_AND_BARE = "ranks-and-bare";

  private TrainingPeer() {}

  /**
   * Starts a whole gang; its driver keeps the pace.
   *
   * @param firstCore of the driver and rank 0
   */
  static ProcessGang gang(
      UpdateCase of,
      int size,
      int firstCore,
      BenchRun run,
      int updates,
      Map<String, String> environment)
      throws IOException {
    return ProcessGang.start(
        TrainingPeer.class,
        size,
        firstCore,
        environment,
        arguments(RANKS, of.settings(size), run, updates));
  }

  /** Starts a gang of one whose rank runs the bare loop too, at a pace of its own. */
  static ProcessGang gangAndBare(
      UpdateCase of, BenchRun run, int updates, Map<String, String> environment)
      throws IOException {
    return ProcessGang.start(
        TrainingPeer.class,
        1,
        0,
        environment,
        arguments(RANKS_AND_BARE, of.settings(1), run, updates));
  }

  private static List<String> arguments(
      String what, List<String> settings, BenchRun run, int updates) {
    List<String> all =
        new ArrayList<>(List.of(what, run.folder().toString(), run.shards(), "" + updates));
    all.addAll(settings);
    return all;
  }

  /** Arguments: rank, what ranks run, folder of the run, its shards, updates, settings. */
  public static void main(String[] arguments) throws Exception {
    ParentLines parent = ParentLines.take();
    Natives.load();
    Natives.threads(1);
    int rank = Integer.parseInt(arguments[0]);
    boolean bareToo = arguments[1].equals(RANKS_AND_BARE);
    List<String> settings = Arrays.asList(arguments).subList(5, arguments.length);
    BenchRun run = new BenchRun(Path.of(arguments[2]), arguments[3], false);
    WorkerSpec spec = run.spec(run.config(settings));
    int updates = Integer.parseInt(arguments[4]);
    Pace pace = new Pace(parent, updates);
    try (NettyExchange exchange = ProcessGang.join(rank, parent)) {
      if (rank == Exchange.DRIVER) {
        new DriverTraffic(spec, rows(spec), updates, pace).run(exchange, 0);
        parent.tell(Double.toString(ResidentMemory.peakMebibytes()));
        return;
      }
      Thread beside = new Thread(() -> bareOrEnd(spec, updates, pace), "bare loop");
      if (bareToo) {
        beside.start();
      }
      new ModelWorker(spec).run(new GangMember(exchange, 0, new Configuration()));
      beside.join();
    }
  }

  private static int rows(WorkerSpec spec) {
    return spec.folders().data().open(spec.config(), new Configuration()).vocabularyRows();
  }

  /** Ends the process if it fails: the rank beside it would wait for its driver. */
  private static void bareOrEnd(WorkerSpec spec, int updates, Pace pace) {
    Natives.threads(1);
    try (BareLoop loop = new BareLoop(spec)) {
      loop.run(updates, pace);
    } catch (Throwable e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }
}
