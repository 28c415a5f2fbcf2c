package io.sparkswitch.jobs.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.jobs.bench.Turns.Round;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The speed of two executors on two cores beside twice that of one on one core, each with as much
 * to compute as the one. Cores differ, so one is measured on each. What the machine allows is
 * measured as well: the two gangs of one at once, which know nothing of each other but share
 * caches, memory and whatever disturbs them.
 */
final class ScalingBench implements GangPart {
  private static final int WARM_UP = 3;
  private static final int EXECUTORS = 2;

  private final List<UpdateCase> cases;
  private final int rounds;

  /**
   * @param cases one after the other
   * @param rounds that count, of two updates of each gang: of both gangs of one alone and at once,
   *     and of the gang of two; more come before them
   */
  ScalingBench(List<UpdateCase> cases, int rounds) {
    this.cases = cases;
    this.rounds = rounds;
  }

  @Override
  public void run(ObjectNode results, Map<String, String> environment, Consumer<String> say)
      throws IOException {
    for (UpdateCase of : cases) {
      Measured measured = measure(of, environment);
      measured.write(of.name(), results);
      say.accept(measured.sentence(of.name()));
    }
  }

  private Measured measure(UpdateCase of, Map<String, String> environment) throws IOException {
    int updates = 2 * (WARM_UP + rounds);
    try (BenchRun run = of.run(EXECUTORS);
        ProcessGang one = TrainingPeer.gang(of, 1, 0, run, updates, environment);
        ProcessGang other = TrainingPeer.gang(of, 1, 1, run, updates, environment);
        ProcessGang two = TrainingPeer.gang(of, EXECUTORS, 0, run, updates, environment)) {
      Turns.Timed gangOfTwo = () -> Pace.update(two.driver());
      return new Measured(
          Turns.seconds(
              WARM_UP,
              rounds,
              List.of(
                  () -> Pace.update(one.driver()),
                  gangOfTwo,
                  () -> Pace.updateBoth(one.driver(), other.driver()),
                  gangOfTwo,
                  () -> Pace.update(other.driver()))));
    }
  }

  /**
   * @param rounds seconds of an update of each: one executor on the first core, two executors, two
   *     gangs of one at once, two executors, one executor on the second core
   */
  record Measured(List<List<Double>> rounds) {

    /** First is one executor, as fast as the mean of both cores. */
    Turns oneBesideTwo() {
      return turns(each -> new Round(asOne(each.get(0), each.get(4)), two(each)));
    }

    Turns oneBesideBoth() {
      return turns(each -> new Round(asOne(each.get(0), each.get(4)), each.get(2)));
    }

    Turns bothBesideTwo() {
      return turns(each -> new Round(each.get(2), two(each)));
    }

    /** Of the updates that neighbours disturbed least. */
    double fastestRatio() {
      return asOne(fastest(0), fastest(4)) / Math.min(fastest(1), fastest(3));
    }

    private Turns turns(Function<List<Double>, Round> of) {
      return new Turns(rounds.stream().map(of).toList());
    }

    private static double two(List<Double> round) {
      return asOne(round.get(1), round.get(3));
    }

    /** Seconds at the mean of two speeds. */
    private static double asOne(double seconds, double others) {
      return 2 / (1 / seconds + 1 / others);
    }

    private double fastest(int thing) {
      return rounds.stream().mapToDouble(each -> each.get(thing)).min().orElseThrow();
    }

    private void write(String name, ObjectNode results) {
      Turns scaling = oneBesideTwo();
      results.withObject("/weakScaling").put(name, scaling.ratio());
      results.withObject("/weakScalingOfFastest").put(name, fastestRatio());
      ArrayNode each = results.withObject("/weakScalingOfRounds").putArray(name);
      scaling.ratios().forEach(each::add);
      results.withObject("/twoGangsOfOneVersusTwiceOne").put(name, oneBesideBoth().ratio());
      results.withObject("/twoExecutorsVersusTwoGangsOfOne").put(name, bothBesideTwo().ratio());
      results.withObject("/oneExecutorSecondsPerUpdate").put(name, scaling.first());
      results.withObject("/twoExecutorsSecondsPerUpdate").put(name, scaling.second());
    }

    private String sentence(String name) {
      Turns scaling = oneBesideTwo();
      return String.format(
          Locale.ROOT,
          "%s, two executors beside twice one: %.3f of its speed (%.2f s and %.2f s an update;"
              + " %.3f of the fastest), two gangs of one at once: %.3f; two executors beside those:"
              + " %.3f",
          name,
          scaling.ratio(),
          scaling.second(),
          scaling.first(),
          fastestRatio(),
          oneBesideBoth().ratio(),
          bothBesideTwo().ratio());
    }
  }
}
