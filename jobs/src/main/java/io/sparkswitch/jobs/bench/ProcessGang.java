package io.sparkswitch.jobs.bench;

import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.ListenAddress;
import io.sparkswitch.model.exchange.Member;
import io.sparkswitch.model.exchange.NettyEndpoint;
import io.sparkswitch.model.exchange.NettyEndpoint.Limits;
import io.sparkswitch.model.exchange.NettyExchange;
import io.sparkswitch.model.exchange.PeerAddress;
import io.sparkswitch.model.exchange.RunSecret;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A gang whose members are processes of this machine: the driver and rank 0 on one core, each
 * further rank on the next.
 *
 * <p>Concurrency: one thread.
 */
final class ProcessGang implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** For an order to a rank that waits while other gangs are measured. */
  private static final Duration IDLE = Duration.ofHours(6);

  private static final String HOST = "127.0.0.1";

  private final List<BenchProcess> members = new ArrayList<>();

  private ProcessGang() {}

  /**
   * Starts all members and has them meet.
   *
   * @param main class whose {@code main} takes the rank and then {@code arguments}, and which first
   *     calls {@link #join}
   * @param size ranks, beside the driver
   * @param firstCore of the driver and rank 0
   */
  static ProcessGang start(
      Class<?> main,
      int size,
      int firstCore,
      Map<String, String> environment,
      List<String> arguments)
      throws IOException {
    ProcessGang gang = new ProcessGang();
    try {
      for (int rank = Exchange.DRIVER; rank < size; rank++) {
        List<String> all = new ArrayList<>(List.of(Integer.toString(rank)));
        all.addAll(arguments);
        int core = firstCore + Math.max(rank, 0);
        gang.members.add(BenchProcess.start(main, core, environment, all.toArray(String[]::new)));
      }
      gang.introduce();
      return gang;
    } catch (IOException | RuntimeException e) {
      gang.close();
      throw e;
    }
  }

  private void introduce() throws IOException {
    String secret = HexFormat.of().formatHex(RunSecret.random().bytes());
    for (BenchProcess member : members) {
      member.tell(secret);
      member.tell(Integer.toString(members.size() - 1));
    }
    List<String> ports = new ArrayList<>();
    for (BenchProcess member : members) {
      ports.add(member.line());
    }
    for (BenchProcess member : members) {
      member.tell(String.join(" ", ports));
    }
  }

  /** A member's side: meets all others by what {@code parent} tells. */
  static NettyExchange join(int rank, ParentLines parent) throws IOException {
    RunSecret secret = new RunSecret(HexFormat.of().parseHex(parent.line()));
    Limits limits =
        Limits.DEFAULT
            .withMessage(Limits.DEFAULT.message(), IDLE)
            .ofRank(Integer.parseInt(parent.line()));
    NettyEndpoint endpoint =
        NettyEndpoint.bind(ListenAddress.loopback(), new Member(secret, 0, rank), limits);
    parent.tell(Integer.toString(endpoint.address().port()));
    List<PeerAddress> gang = new ArrayList<>();
    for (String port : parent.line().split(" ")) {
      int peer = Exchange.DRIVER + gang.size();
      gang.add(new PeerAddress(peer, HOST, Integer.parseInt(port)));
    }
    return endpoint.connect(gang, PATIENCE);
  }

  BenchProcess driver() {
    return members.get(0);
  }

  BenchProcess firstRank() {
    return members.get(1);
  }

  @Override
  public void close() {
    members.forEach(BenchProcess::close);
  }
}
