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
 * A process that trains at its parent's {@link Pace}: the driver or a rank of a gang, or the bare
 * loop. One thread computes. A driver that is done tells how much memory it had at most.
 */
final class TrainingPeer {
  private static final String BARE = "bare";

  private TrainingPeer() {}

  /** Starts a whole gang; its driver keeps the pace. */
  static ProcessGang gang(
      UpdateCase of, int size, BenchRun run, int updates, Map<String, String> environment)
      throws IOException {
    return ProcessGang.start(
        TrainingPeer.class, size, environment, arguments(of.settings(size), run, updates));
  }

  /** Starts the bare loop on a core; it trains as the gang of one does. */
  static BenchProcess bare(
      UpdateCase of, int core, BenchRun run, int updates, Map<String, String> environment)
      throws IOException {
    List<String> all = new ArrayList<>(List.of(BARE));
    all.addAll(arguments(of.settings(1), run, updates));
    return BenchProcess.start(TrainingPeer.class, core, environment, all.toArray(String[]::new));
  }

  private static List<String> arguments(List<String> settings, BenchRun run, int updates) {
    List<String> all = new ArrayList<>(List.of(run.folder().toString(), "" + updates));
    all.addAll(settings);
    return all;
  }

  /** Arguments: rank or {@value #BARE}, folder of the run, updates, settings. */
  public static void main(String[] arguments) throws Exception {
    ParentLines parent = ParentLines.take();
    Natives.load();
    Natives.threads(1);
    String role = arguments[0];
    List<String> settings = Arrays.asList(arguments).subList(3, arguments.length);
    WorkerSpec spec = new BenchRun(Path.of(arguments[1])).spec(UpdateCase.config(settings));
    int updates = Integer.parseInt(arguments[2]);
    Pace pace = new Pace(parent, updates);
    if (role.equals(BARE)) {
      try (BareLoop loop = new BareLoop(spec)) {
        loop.run(updates, pace);
      }
      return;
    }
    int rank = Integer.parseInt(role);
    try (NettyExchange exchange = ProcessGang.join(rank, parent)) {
      if (rank == Exchange.DRIVER) {
        new DriverTraffic(spec, UpdateCase.VOCABULARY.rows(), updates, pace).run(exchange, 0);
        parent.tell(Double.toString(ResidentMemory.peakMebibytes()));
      } else {
        new ModelWorker(spec).run(new GangMember(exchange, 0, new Configuration()));
      }
    }
  }
}
