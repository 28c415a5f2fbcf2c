package io.sparkswitch.jobs.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The speed of a gang of one executor beside that of the bare loop in one process, each on one core
 * (the gang's driver on the same one).
 */
final class BareBench implements GangPart {
  /** The compiler of each process works on the same pinned core. */
  private static final int WARM_UP = 6;

  private final UpdateCase of;
  private final int rounds;

  /**
   * @param rounds that count, of one update each; more come before them
   */
  BareBench(UpdateCase of, int rounds) {
    this.of = of;
    this.rounds = rounds;
  }

  @Override
  public void run(ObjectNode results, Map<String, String> environment, Consumer<String> say)
      throws IOException {
    int updates = WARM_UP + rounds;
    Turns turns;
    try (BenchRun run = of.run(1);
        BenchProcess bare = TrainingPeer.bare(of, 0, run, updates, environment);
        ProcessGang gang = TrainingPeer.gang(of, 1, run, updates, environment)) {
      turns =
          Turns.measure(WARM_UP, rounds, () -> Pace.update(bare), () -> Pace.update(gang.driver()));
    }
    results.put("gangVersusBare", turns.ratio());
    results.put("bareSecondsPerUpdate", turns.first());
    results.put("gangSecondsPerUpdate", turns.second());
    say.accept(
        String.format(
            Locale.ROOT,
            "one executor beside the bare loop: %.3f of its speed (%.2f s and %.2f s an update)",
            turns.ratio(),
            turns.second(),
            turns.first()));
  }
}
