package io.sparkswitch.jobs.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The speed of a gang of one executor beside that of the bare loop in one process, on one core (the
 * gang's driver on the same one). Two processes of one program differ by a few hundredths for as
 * long as they live, so the executor's process is the bare loop's too: one trains while the other
 * waits. Several such processes are measured.
 */
final class BareBench implements GangPart {
  /** The compiler of each process works on the same pinned core. */
  private static final int WARM_UP = 6;

  private final UpdateCase of;
  private final int pairs;
  private final int rounds;

  /**
   * @param pairs of a gang and the bare loop in its executor, one after the other
   * @param rounds of a pair that count, of one update each; more come before them
   */
  BareBench(UpdateCase of, int pairs, int rounds) {
    this.of = of;
    this.pairs = pairs;
    this.rounds = rounds;
  }

  @Override
  public void run(ObjectNode results, Map<String, String> environment, Consumer<String> say)
      throws IOException {
    List<Turns> each = new ArrayList<>();
    for (int pair = 0; pair < pairs; pair++) {
      each.add(measure(environment));
    }
    Turns all = Turns.of(each);
    results.put("gangVersusBare", all.ratio());
    ArrayNode ofPairs = results.putArray("gangVersusBareOfPairs");
    each.forEach(turns -> ofPairs.add(turns.ratio()));
    results.put("bareSecondsPerUpdate", all.first());
    results.put("gangSecondsPerUpdate", all.second());
    say.accept(
        String.format(
            Locale.ROOT,
            "one executor beside the bare loop: %.3f of its speed (%.2f s and %.2f s an update;"
                + " in each process: %s)",
            all.ratio(),
            all.second(),
            all.first(),
            each.stream()
                .map(turns -> String.format(Locale.ROOT, "%.3f", turns.ratio()))
                .collect(Collectors.joining(", "))));
  }

  private Turns measure(Map<String, String> environment) throws IOException {
    int updates = WARM_UP + rounds;
    try (BenchRun run = of.run(1);
        ProcessGang gang = TrainingPeer.gangAndBare(of, run, updates, environment)) {
      return Turns.measure(
          WARM_UP, rounds, () -> Pace.update(gang.firstRank()), () -> Pace.update(gang.driver()));
    }
  }
}
