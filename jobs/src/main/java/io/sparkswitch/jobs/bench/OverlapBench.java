package io.sparkswitch.jobs.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The speed of two executors that have two micro-batches in work at once beside two that take one
 * after the other.
 */
final class OverlapBench implements GangPart {
  private static final int WARM_UP = 3;
  private static final int EXECUTORS = 2;

  private final List<UpdateCase> cases;
  private final int rounds;

  /**
   * @param cases one after the other
   * @param rounds that count, of one update each; more come before them
   */
  OverlapBench(List<UpdateCase> cases, int rounds) {
    this.cases = cases;
    this.rounds = rounds;
  }

  @Override
  public void run(ObjectNode results, Map<String, String> environment, Consumer<String> say)
      throws IOException {
    ObjectNode gain = results.putObject("twoInFlightVersusOne");
    for (UpdateCase of : cases) {
      Turns turns = measure(of, environment);
      gain.put(of.name(), turns.ratio());
      say.accept(
          String.format(
              Locale.ROOT,
              "%s, two micro-batches in flight beside one: %.3f times its speed (%.2f s and %.2f s"
                  + " an update)",
              of.name(),
              turns.ratio(),
              turns.second(),
              turns.first()));
    }
  }

  private Turns measure(UpdateCase of, Map<String, String> environment) throws IOException {
    UpdateCase alone = of.with("training.micro-batches-in-flight=1");
    UpdateCase both = of.with("training.micro-batches-in-flight=2");
    int updates = WARM_UP + rounds;
    try (BenchRun run = of.run(EXECUTORS);
        ProcessGang one = TrainingPeer.gang(alone, EXECUTORS, 0, run, updates, environment);
        ProcessGang two = TrainingPeer.gang(both, EXECUTORS, 0, run, updates, environment)) {
      return Turns.measure(
          WARM_UP, rounds, () -> Pace.update(one.driver()), () -> Pace.update(two.driver()));
    }
  }
}
