package io.sparkswitch.jobs.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The speed of two executors on two cores beside twice that of one on one core, each with as much
 * to compute as the one. What the machine allows is measured as well: two bare loops at once, which
 * know nothing of each other but share caches and memory, beside one.
 */
final class ScalingBench implements GangPart {
  private static final int WARM_UP = 3;
  private static final int EXECUTORS = 2;

  private final List<UpdateCase> cases;
  private final int rounds;

  /**
   * @param cases one after the other
   * @param rounds that count, of one update each; more come before them
   */
  ScalingBench(List<UpdateCase> cases, int rounds) {
    this.cases = cases;
    this.rounds = rounds;
  }

  @Override
  public void run(ObjectNode results, Map<String, String> environment, Consumer<String> say)
      throws IOException {
    ObjectNode scaling = results.putObject("weakScaling");
    ObjectNode one = results.putObject("oneExecutorSecondsPerUpdate");
    ObjectNode two = results.putObject("twoExecutorsSecondsPerUpdate");
    for (UpdateCase of : cases) {
      Turns turns = besideTwo(of, 1, of, rounds, environment);
      scaling.put(of.name(), turns.ratio());
      one.put(of.name(), turns.first());
      two.put(of.name(), turns.second());
      say.accept(
          String.format(
              Locale.ROOT,
              "%s, two executors beside twice one: %.3f of its speed (%.2f s and %.2f s an update)",
              of.name(),
              turns.ratio(),
              turns.second(),
              turns.first()));
      if (of.own() == null) { // A bare loop begins anew: it has no trained model.
        double bound = strangers(of, environment).ratio();
        results.withObject("/twoBareLoopsVersusTwiceOne").put(of.name(), bound);
        say.accept(
            String.format(
                Locale.ROOT, "%s, two bare loops at once beside one: %.3f", of.name(), bound));
      }
    }
  }

  /** Updates of a gang in turns with those of a gang of two. */
  static Turns besideTwo(
      UpdateCase first,
      int executorsOfFirst,
      UpdateCase second,
      int rounds,
      Map<String, String> environment)
      throws IOException {
    int updates = WARM_UP + rounds;
    try (BenchRun run = second.run(EXECUTORS);
        ProcessGang one = TrainingPeer.gang(first, executorsOfFirst, run, updates, environment);
        ProcessGang two = TrainingPeer.gang(second, EXECUTORS, run, updates, environment)) {
      return Turns.measure(
          WARM_UP, rounds, () -> Pace.update(one.driver()), () -> Pace.update(two.driver()));
    }
  }

  private Turns strangers(UpdateCase of, Map<String, String> environment) throws IOException {
    int updates = WARM_UP + rounds;
    try (BenchRun run = of.run(1);
        BenchProcess one = TrainingPeer.bare(of, 0, run, 2 * updates, environment);
        BenchProcess other = TrainingPeer.bare(of, 1, run, updates, environment)) {
      return Turns.measure(
          WARM_UP, rounds, () -> Pace.update(one), () -> Pace.updateBoth(one, other));
    }
  }
}
