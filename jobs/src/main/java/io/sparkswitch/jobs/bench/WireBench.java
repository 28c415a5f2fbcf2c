package io.sparkswitch.jobs.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.jobs.bench.WirePeer.Way;
import io.sparkswitch.model.exchange.RunSecret;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The exchange beside a bare socket, between two processes on the loopback interface, in turns. A
 * result is the median of the rounds' ratios, so that other work on the machine, which meets both
 * sides of a ratio, counts little.
 */
final class WireBench implements GangPart {
  /** Until the compiler, which works on the same pinned cores, has little left to do. */
  private static final int WARM_UP = 40;

  private final int rounds;

  /**
   * @param rounds that count; more come before them
   */
  WireBench(int rounds) {
    this.rounds = rounds;
  }

  /** One measurement of one round. */
  private record Both(double exchange, double socket) {
    double ratio() {
      return exchange / socket;
    }
  }

  @Override
  public void run(ObjectNode results, Map<String, String> environment, Consumer<String> say)
      throws IOException {
    Map<String, List<Both>> all = measure(environment);
    ObjectNode worst = results.putObject("exchangeVersusSocket");
    ObjectNode ways = results.putObject("exchangeVersusSocketByWay");
    for (int mebibytes : WirePeer.MEBIBYTES) {
      String size = mebibytes + "MiB";
      ObjectNode ofSize = ways.putObject(size);
      double least = Double.POSITIVE_INFINITY;
      for (Way way : Way.values()) {
        List<Both> measured = all.get(WirePeer.name(mebibytes, way));
        double ratio = Turns.median(measured.stream().map(Both::ratio).toList());
        ofSize.put(way.name().toLowerCase(Locale.ROOT), ratio);
        least = Math.min(least, ratio);
        say.accept(line(size + " " + way.name().toLowerCase(Locale.ROOT), measured, "GB/s", ratio));
      }
      worst.put(size, least);
    }
    List<Both> trips = all.get(WirePeer.ROUND_TRIP);
    double ratio = Turns.median(trips.stream().map(Both::ratio).toList());
    results.put("roundTripVersusSocket", ratio);
    results.put("roundTripMicroseconds", Turns.median(trips.stream().map(Both::exchange).toList()));
    say.accept(line(Wire.SMALL + " bytes there and back", trips, "µs", ratio));
  }

  private static String line(String what, List<Both> measured, String unit, double ratio) {
    return String.format(
        Locale.ROOT,
        "%s: exchange %.2f %s, socket %.2f %s, ratio %.2f",
        what,
        Turns.median(measured.stream().map(Both::exchange).toList()),
        unit,
        Turns.median(measured.stream().map(Both::socket).toList()),
        unit,
        ratio);
  }

  private Map<String, List<Both>> measure(Map<String, String> environment) throws IOException {
    String secret = HexFormat.of().formatHex(RunSecret.random().bytes());
    Map<String, List<Both>> all = new TreeMap<>();
    try (BenchProcess zero = start(0, environment);
        BenchProcess one = start(1, environment)) {
      zero.tell(secret);
      one.tell(secret);
      String ports = zero.line() + " " + one.line();
      zero.tell(ports);
      one.tell(ports);
      int names = WirePeer.MEBIBYTES.size() * Way.values().length + 1;
      for (int round = 0; round < WARM_UP + rounds; round++) {
        for (int i = 0; i < names; i++) {
          String[] words = zero.line().split(" ");
          if (round >= WARM_UP) {
            Both both = new Both(Double.parseDouble(words[1]), Double.parseDouble(words[2]));
            all.computeIfAbsent(words[0], name -> new ArrayList<>()).add(both);
          }
        }
      }
    }
    return all;
  }

  private BenchProcess start(int rank, Map<String, String> environment) throws IOException {
    return BenchProcess.start(
        WirePeer.class, rank, environment, "" + rank, "" + (WARM_UP + rounds));
  }
}
