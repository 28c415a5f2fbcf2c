package io.sparkswitch.jobs.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Two things measured in turns, so that other work on the machine meets both. Results are medians.
 *
 * @param rounds those that count, at least one
 */
record Turns(List<Round> rounds) {

  Turns {
    if (rounds.isEmpty()) {
      throw new IllegalArgumentException("no round was measured");
    }
    rounds = List.copyOf(rounds);
  }

  /**
   * One measurement of each.
   *
   * @param first seconds
   * @param second seconds
   */
  record Round(double first, double second) {}

  /** Does something and tells how many seconds it took. */
  @FunctionalInterface
  interface Timed {
    double seconds() throws IOException;
  }

  /** Who goes first alternates; {@code warmUp} rounds come before those that count. */
  static Turns measure(int warmUp, int rounds, Timed first, Timed second) throws IOException {
    return new Turns(
        seconds(warmUp, rounds, List.of(first, second)).stream()
            .map(seconds -> new Round(seconds.get(0), seconds.get(1)))
            .toList());
  }

  /**
   * The seconds of each of several things in each round that counts; every second round takes them
   * in the opposite order.
   */
  static List<List<Double>> seconds(int warmUp, int rounds, List<Timed> things) throws IOException {
    List<List<Double>> all = new ArrayList<>();
    for (int round = 0; round < warmUp + rounds; round++) {
      Double[] seconds = new Double[things.size()];
      for (int turn = 0; turn < seconds.length; turn++) {
        int thing = round % 2 == 0 ? turn : seconds.length - 1 - turn;
        seconds[thing] = things.get(thing).seconds();
      }
      all.add(List.of(seconds));
    }
    return all.subList(warmUp, all.size());
  }

  /** The rounds of all. */
  static Turns of(List<Turns> all) {
    return new Turns(all.stream().flatMap(turns -> turns.rounds.stream()).toList());
  }

  /** First over second, of each round. */
  List<Double> ratios() {
    return rounds.stream().map(round -> round.first / round.second).toList();
  }

  /** Their median. */
  double ratio() {
    return median(ratios());
  }

  /** Seconds of the first. */
  double first() {
    return median(rounds.stream().map(Round::first).toList());
  }

  /** Seconds of the second. */
  double second() {
    return median(rounds.stream().map(Round::second).toList());
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }
}
