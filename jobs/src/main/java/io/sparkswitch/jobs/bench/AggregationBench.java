package io.sparkswitch.jobs.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The time that dense gradients take from the executors to the driver and back to all of them,
 * beside that of a direct twin over bare sockets. Nothing is updated at the driver.
 */
final class AggregationBench implements GangPart {
  /** Of float32, 60 MB. */
  static final long ENTRIES = 15_000_000;

  /** Until the compiler, which works on the same pinned core, has little left to do. */
  private static final int WARM_UP = 40;

  private final List<Integer> executors;
  private final long entries;
  private final int rounds;

  /**
   * @param executors sizes of the gangs, one after the other
   * @param entries of the vector of gradients
   * @param rounds that count; more come before them
   */
  AggregationBench(List<Integer> executors, long entries, int rounds) {
    this.executors = executors;
    this.entries = entries;
    this.rounds = rounds;
  }

  @Override
  public void run(ObjectNode results, Map<String, String> environment, Consumer<String> say)
      throws IOException {
    ObjectNode ratios = results.putObject("aggregationVersusDirect");
    ObjectNode seconds = results.putObject("aggregationSeconds");
    ObjectNode direct = results.putObject("directSeconds");
    ObjectNode bytes = results.putObject("aggregationDriverBytes");
    for (int size : executors) {
      String name = Integer.toString(size);
      Turns turns = measure(size, environment, driverBytes -> bytes.put(name, driverBytes));
      ratios.put(name, turns.ratio());
      seconds.put(name, turns.first());
      direct.put(name, turns.second());
      say.accept(
          String.format(
              Locale.ROOT,
              "%.0f MB of gradients from %d executors to the driver and back: %.3f s, bare sockets %.3f s, ratio %.2f; %,d bytes at the driver",
              entries * Float.BYTES / 1e6,
              size,
              turns.first(),
              turns.second(),
              turns.ratio(),
              bytes.path(name).longValue()));
    }
  }

  private Turns measure(int size, Map<String, String> environment, LongConsumer driverBytes)
      throws IOException {
    int all = WARM_UP + rounds;
    List<String> arguments = List.of(Long.toString(entries), Integer.toString(all));
    try (ProcessGang gang =
        ProcessGang.start(AggregationPeer.class, size, 0, environment, arguments)) {
      List<Turns.Round> measured = new ArrayList<>();
      for (int round = 0; round < all; round++) {
        String[] words = gang.driver().line().split(" ");
        measured.add(new Turns.Round(Double.parseDouble(words[0]), Double.parseDouble(words[1])));
      }
      driverBytes.accept(Long.parseLong(gang.driver().line()));
      return new Turns(measured.subList(WARM_UP, all));
    }
  }
}
