package io.sparkswitch.model.exchange;

import io.sparkswitch.model.tensor.Natives;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Not a test: two processes, the exchange and a bare SocketChannel in turns. Medians of round trips
 * in microseconds, and GB/s per direction while both send.
 */
final class ExchangeBench {
  private static final int ROUNDS = 3;
  private static final int[] MEBIBYTES = {1, 16};

  private ExchangeBench() {}

  /** What the second process does. */
  static final class Second implements GangProcess.Program {
    @Override
    public void run(Exchange exchange) throws Exception {
      byte[] port = exchange.receiveBytes(0, ExchangeTest.tag(0, Direction.CONTROL));
      try (SocketChannel raw =
          SocketChannel.open(
              new InetSocketAddress(
                  InetAddress.getLoopbackAddress(), ByteBuffer.wrap(port).getInt()))) {
        measure(exchange, raw);
      }
    }
  }

  public static void main(String[] arguments) throws Exception {
    Natives.prepare();
    torch.zeros(1);
    RunSecret secret = RunSecret.random();
    Member self = new Member(secret, 3, 0);
    try (NettyEndpoint endpoint = NettyEndpoint.bind(ListenAddress.loopback(), self);
        GangProcess second = GangProcess.start(Second.class, 1, secret);
        ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      String ports = endpoint.address().port() + " " + second.line();
      second.tell(ports);
      try (NettyExchange exchange =
          endpoint.connect(GangProcess.addresses(ports), Duration.ofSeconds(30))) {
        int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
        exchange.sendBytes(
            1,
            ExchangeTest.tag(0, Direction.CONTROL),
            ByteBuffer.allocate(Integer.BYTES).putInt(port).array());
        try (SocketChannel raw = server.accept()) {
          measure(exchange, raw);
        }
      }
    }
  }

  private static void measure(Exchange exchange, SocketChannel raw) throws Exception {
    torch.set_num_threads(1);
    raw.setOption(StandardSocketOptions.TCP_NODELAY, true);
    for (int round = 0; round < ROUNDS; round++) {
      double own = roundTrip(20_000, () -> pingPong(exchange));
      double bare = roundTrip(20_000, () -> pingPong(raw, exchange.rank() == 0));
      double counts = roundTrip(5_000, () -> counts(exchange));
      print(
          exchange,
          "64 bytes: %.1f us, bare %.1f us, ratio %.2f; counts %.1f us%n",
          own,
          bare,
          own / bare,
          counts);
      for (int size : MEBIBYTES) {
        int times = 512 / size;
        double e = swaps(exchange, size, times);
        double s = swaps(raw, size, times);
        print(exchange, "%d MiB: %.2f GB/s, bare %.2f GB/s, ratio %.2f%n", size, e, s, e / s);
      }
      for (int kib : new int[] {16, 64, 256}) {
        double us = smallSwap(exchange, kib, 500);
        print(exchange, "allToAll of %d KiB each way: %.0f us%n", kib, us);
      }
      print(exchange, "reduceScatter + allGather of 6 MB: %.2f ms%n", aggregate(exchange, 30));
    }
  }

  private static void print(Exchange exchange, String format, Object... values) {
    if (exchange.rank() == 0) {
      System.out.printf(Locale.ROOT, format, values);
    }
  }

  /** Something that both processes do together. */
  private interface Step {
    void run() throws IOException;
  }

  private static double roundTrip(int times, Step step) throws IOException {
    long[] nanos = new long[times];
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      step.run();
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    return nanos[times / 2] / 1e3;
  }

  private static final byte[] SMALL = new byte[64];

  private static void pingPong(Exchange exchange) {
    Tag tag = ExchangeTest.tag(1, Direction.CONTROL);
    if (exchange.rank() == 0) {
      exchange.sendBytes(1, tag, SMALL);
      exchange.receiveBytes(1, tag);
    } else {
      exchange.receiveBytes(0, tag);
      exchange.sendBytes(0, tag, SMALL);
    }
  }

  private static final ByteBuffer RAW = ByteBuffer.allocateDirect(64);

  private static void pingPong(SocketChannel raw, boolean first) throws IOException {
    for (int half = 0; half < 2; half++) {
      RAW.clear();
      while (RAW.hasRemaining()) {
        if ((half == 0) == first) {
          raw.write(RAW);
        } else {
          raw.read(RAW);
        }
      }
    }
  }

  private static void counts(Exchange exchange) {
    exchange.allToAllCounted(
        ExchangeTest.tag(2, Direction.ROUTE_COUNTS), new int[][] {new int[8], new int[8]});
  }

  private static double swaps(Exchange exchange, int mebibytes, int times) {
    long rows = mebibytes * 2048L; // of 128 floats
    int other = 1 - exchange.rank();
    int[] to = new int[2];
    to[other] = (int) rows;
    Tensor outgoing = torch.ones(rows, 128);
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) {
      try (PointerScope scope = new PointerScope()) {
        exchange.allToAll(ExchangeTest.tag(i, Direction.DISPATCH), outgoing, to, to);
      }
    }
    return (double) times * outgoing.nbytes() / (System.nanoTime() - start);
  }

  private static double smallSwap(Exchange exchange, int kibibytes, int times) {
    int[] to = new int[2];
    to[1 - exchange.rank()] = kibibytes * 2;
    Tensor outgoing = torch.ones(kibibytes * 2L, 128);
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) {
      try (PointerScope scope = new PointerScope()) {
        exchange.allToAll(ExchangeTest.tag(i, Direction.DISPATCH), outgoing, to, to);
      }
    }
    return (System.nanoTime() - start) / 1e3 / times;
  }

  private static double aggregate(Exchange exchange, int times) {
    Tensor vector = torch.ones(1_500_000);
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) {
      try (PointerScope scope = new PointerScope()) {
        exchange.reduceScatter(ExchangeTest.tag(i, Direction.REDUCE_SCATTER), vector);
        exchange.allGather(ExchangeTest.tag(i, Direction.ALL_GATHER), vector);
      }
    }
    return (System.nanoTime() - start) / 1e6 / times;
  }

  private static double swaps(SocketChannel raw, int mebibytes, int times) throws Exception {
    int bytes = mebibytes << 20;
    ByteBuffer out = ByteBuffer.allocateDirect(bytes);
    ByteBuffer in = ByteBuffer.allocateDirect(bytes);
    long start = System.nanoTime();
    Thread writer =
        new Thread(
            () -> {
              for (int i = 0; i < times; i++) {
                transfer(out.clear(), raw);
              }
            });
    writer.start();
    for (int i = 0; i < times; i++) {
      in.clear();
      while (in.hasRemaining()) {
        raw.read(in);
      }
    }
    writer.join();
    return (double) times * bytes / (System.nanoTime() - start);
  }

  private static void transfer(ByteBuffer buffer, SocketChannel raw) {
    try {
      while (buffer.hasRemaining()) {
        raw.write(buffer);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
