package io.sparkswitch.jobs.bench;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.ListenAddress;
import io.sparkswitch.model.exchange.Member;
import io.sparkswitch.model.exchange.NettyEndpoint;
import io.sparkswitch.model.exchange.NettyExchange;
import io.sparkswitch.model.exchange.PeerAddress;
import io.sparkswitch.model.exchange.RunSecret;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.tensor.Natives;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * One of two processes that measure the exchange beside a bare socket. Rank 0 prints a line for
 * each measurement of each round: name, exchange, socket; GB/s or microseconds.
 */
final class WirePeer {
  static final String ROUND_TRIP = "round-trip";

  /** Sizes of messages, in MiB. */
  static final List<Integer> MEBIBYTES = List.of(1, 16);

  /** Which way messages go; the words are in the names of measurements. */
  enum Way {
    FORTH,
    BACK,
    BOTH
  }

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int BYTES_A_MEASUREMENT = 192 << 20;
  private static final int ROUND_TRIPS = 3000;

  private final int rank;
  private final Wire exchange;
  private final Wire socket;

  private WirePeer(int rank, Wire exchange, Wire socket) {
    this.rank = rank;
    this.exchange = exchange;
    this.socket = socket;
  }

  /** Arguments: rank, rounds. Reads the secret, tells its port, reads both ports. */
  public static void main(String[] arguments) throws IOException {
    Natives.load();
    Natives.threads(1);
    int rank = Integer.parseInt(arguments[0]);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    RunSecret secret = new RunSecret(HexFormat.of().parseHex(in.readLine()));
    NettyEndpoint endpoint =
        NettyEndpoint.bind(ListenAddress.loopback(), new Member(secret, 0, rank));
    System.out.println(endpoint.address().port());
    String[] ports = in.readLine().split(" ");
    List<PeerAddress> both = new ArrayList<>();
    for (String port : ports) {
      both.add(new PeerAddress(both.size(), "127.0.0.1", Integer.parseInt(port)));
    }
    try (NettyExchange exchange = endpoint.connect(both, PATIENCE);
        SocketWire socket = new SocketWire(socket(exchange), rank, MEBIBYTES.get(1) << 20)) {
      WirePeer peer = new WirePeer(rank, new ExchangeWire(exchange), socket);
      for (int round = 0; round < Integer.parseInt(arguments[1]); round++) {
        peer.round(round);
      }
    }
  }

  private static SocketChannel socket(Exchange exchange) throws IOException {
    Tag tag = new Tag(0, 0, 0, 0, Direction.CONTROL);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    if (exchange.rank() == 1) {
      int port = ByteBuffer.wrap(exchange.receiveBytes(0, tag)).getInt();
      return SocketChannel.open(new InetSocketAddress(loopback, port));
    }
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(loopback, 0));
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      exchange.sendBytes(1, tag, ByteBuffer.allocate(Integer.BYTES).putInt(port).array());
      return server.accept();
    }
  }

  /** Who goes first alternates, so that neither always meets the other's caches. */
  private void round(int round) throws IOException {
    for (int mebibytes : MEBIBYTES) {
      for (Way way : Way.values()) {
        print(
            name(mebibytes, way),
            measure(round, wire -> gigabytesPerSecond(wire, mebibytes << 20, way)));
      }
    }
    print(ROUND_TRIP, measure(round, WirePeer::roundTripMicros));
  }

  static String name(int mebibytes, Way way) {
    return "%dMiB-%s".formatted(mebibytes, way);
  }

  /** A measurement of one wire. */
  private interface Measure {
    double of(Wire wire) throws IOException;
  }

  /** Of the exchange and of the socket. */
  private double[] measure(int round, Measure measure) throws IOException {
    double[] both = new double[2];
    for (int turn = 0; turn < 2; turn++) {
      int which = (round + turn) % 2;
      both[which] = measure.of(which == 0 ? exchange : socket);
    }
    return both;
  }

  private double gigabytesPerSecond(Wire wire, int bytes, Way way) throws IOException {
    boolean sends = way == Way.BOTH || (way == Way.FORTH) == (rank == 0);
    boolean receives = way == Way.BOTH || !sends;
    int times = BYTES_A_MEASUREMENT / bytes;
    wire.roundTrip(); // both are here
    long start = System.nanoTime();
    wire.swap(sends ? bytes : 0, receives ? bytes : 0, times);
    return (double) times * bytes / (System.nanoTime() - start);
  }

  private static double roundTripMicros(Wire wire) throws IOException {
    long[] nanos = new long[ROUND_TRIPS];
    for (int i = 0; i < ROUND_TRIPS; i++) {
      long start = System.nanoTime();
      wire.roundTrip();
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    return nanos[ROUND_TRIPS / 2] / 1e3;
  }

  private void print(String name, double[] both) {
    if (rank == 0) {
      System.out.println(name + " " + both[0] + " " + both[1]);
    }
  }
}
