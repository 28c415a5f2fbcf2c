package io.sparkswitch.model.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PoolArenaMetric;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.ResourceLeakDetector;
import io.sparkswitch.model.tensor.Natives;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who does not belong to the run is refused, and the run does not notice. */
class StrangerTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final NettyEndpoint.Limits LIMITS =
      new NettyEndpoint.Limits(Duration.ofMillis(500), SOON, SOON, 1 << 20);

  @BeforeAll
  static void watchForLeaks() {
    Natives.prepare();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
  }

  @Test
  void strangersAreRefusedWhileAnExchangeRuns() throws Exception {
    try (Gang gang = Gang.netty(2, LIMITS)) {
      AtomicBoolean stop = new AtomicBoolean();
      Future<Integer> rank0 = gang.start(0, e -> keepExchanging(e, stop));
      Future<Integer> rank1 = gang.start(1, e -> keepExchanging(e, stop));
      NettyEndpoint target = gang.endpoint(0);

      byte[] garbage = new byte[100_000];
      new Random(1).nextBytes(garbage);
      assertThat(answerTo(target.address(), garbage)).isEmpty();
      assertThat(answerTo(target.address(), frameHeader())).isEmpty();
      byte[] version = hello(3, 1, 0);
      version[4] = 9;
      assertThat(answerTo(target.address(), version)).isEmpty();
      assertThat(answerTo(target.address(), new byte[0])).isEmpty(); // says nothing at all
      refusedAs(new Member(RunSecret.random(), 3, 1), target.address());
      refusedAs(new Member(RunSecret.random(), 2, 1), target.address());
      refusedAs(new Member(target.member().secret(), 3, 1), target.address());

      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(target.refusals().lines())
                      .hasSize(6)
                      .allMatch(l -> l.startsWith("rank 0 refused a connection from 127.0.0.1: "))
                      .anyMatch(l -> l.endsWith("it does not speak this protocol"))
                      .anyMatch(l -> l.endsWith("it speaks version 9, not 1"))
                      .anyMatch(l -> l.endsWith("no handshake within PT0.5S"))
                      .anyMatch(l -> l.contains("it does not know this run's secret"))
                      .anyMatch(l -> l.endsWith("it is of attempt 2, this is attempt 3"))
                      .anyMatch(l -> l.endsWith("rank 1 is connected already")));
      stop.set(true);
      assertThat(Gang.result(rank0)).isPositive().isEqualTo(Gang.result(rank1));
    }
  }

  @Test
  void aRecordedHandshakeCannotBeReplayed() throws Exception {
    RunSecret secret = RunSecret.random();
    try (NettyEndpoint listener = endpoint(secret, 0);
        NettyEndpoint dialer = endpoint(secret, 1);
        Recorder recorder = new Recorder(listener.address().port())) {
      ExecutorService threads = Executors.newCachedThreadPool();
      PeerAddress tapped = new PeerAddress(0, "127.0.0.1", recorder.port());
      Future<NettyExchange> dialing =
          threads.submit(() -> dialer.connect(List.of(tapped, dialer.address()), SOON));
      NettyExchange a = listener.connect(List.of(listener.address(), dialer.address()), SOON);
      NettyExchange b = Gang.result(dialing);
      Tag tag = ExchangeTest.tag(0, Direction.CONTROL);
      b.sendBytes(0, tag, new byte[] {7});
      assertThat(a.receiveBytes(1, tag)).containsExactly(7);
      byte[] recorded =
          Arrays.copyOf(recorder.recorded(), Handshake.HELLO_BYTES + Handshake.PROOF_BYTES);

      byte[] answer = answerTo(listener.address(), recorded);
      assertThat(answer).as("a challenge, no proof").hasSize(Handshake.CHALLENGE_BYTES);
      assertThat(listener.refusals().lines())
          .singleElement()
          .asString()
          .endsWith("it does not know this run's secret, or replays an old handshake");
      a.sendBytes(1, tag, new byte[] {8});
      assertThat(b.receiveBytes(0, tag)).containsExactly(8);
      b.close();
      a.close();
      threads.shutdown();
    }
  }

  @Test
  void whatIsSentAtOnceDoesNotOvertakeTheHandshake() throws Exception {
    Tag tag = ExchangeTest.tag(0, Direction.CONTROL);
    ExecutorService threads = Executors.newCachedThreadPool();
    for (int round = 0; round < 60; round++) {
      RunSecret secret = RunSecret.random();
      try (NettyEndpoint listener = endpoint(secret, 0);
          NettyEndpoint dialer = endpoint(secret, 1)) {
        List<PeerAddress> pair = List.of(listener.address(), dialer.address());
        Future<byte[]> dialing =
            threads.submit(() -> sendAndReceive(dialer.connect(pair, SOON), tag));
        byte[] answer = sendAndReceive(listener.connect(pair, SOON), tag);
        assertThat(answer).containsExactly(1);
        assertThat(Gang.result(dialing)).containsExactly(0);
      }
    }
    threads.shutdown();
  }

  private static byte[] sendAndReceive(NettyExchange exchange, Tag tag) {
    int peer = 1 - exchange.rank();
    exchange.sendBytes(peer, tag, new byte[] {(byte) exchange.rank()});
    return exchange.receiveBytes(peer, tag);
  }

  @Test
  void aListenerWithoutTheSecretIsRefusedByTheDialer() throws Exception {
    try (NettyEndpoint listener = endpoint(RunSecret.random(), 0);
        NettyEndpoint dialer = endpoint(RunSecret.random(), 1)) {
      assertThatThrownBy(() -> dialer.connect(List.of(listener.address(), dialer.address()), SOON))
          .isInstanceOf(ExchangeException.class)
          .hasMessageContaining("%s did not accept this side".formatted(listener.address()));
    }
  }

  @Test
  void anOversizedFrameIsNoFrame() {
    ByteBuf header = Unpooled.buffer();
    new Frame(1, ExchangeTest.tag(0, Direction.CONTROL), 5, 5).writeTo(header);
    assertThat(header.readableBytes()).isEqualTo(Frame.HEADER_BYTES);
    header.setInt(Frame.HEADER_BYTES - Integer.BYTES, Integer.MAX_VALUE);
    assertThatThrownBy(() -> Frame.readFrom(header))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a frame of 2147483647 bytes; at most 4194304 are allowed");
  }

  @Test
  void aBadFrameOfAMemberEndsTheExchangeByItsName() throws Exception {
    try (Gang gang = Gang.netty(2, LIMITS)) {
      Future<byte[]> waiting =
          gang.start(0, e -> e.receiveBytes(1, ExchangeTest.tag(0, Direction.CONTROL)));
      ByteBuf bad = Unpooled.buffer();
      new Frame(1, ExchangeTest.tag(0, Direction.CONTROL), 5, 5).writeTo(bad);
      bad.setInt(Frame.HEADER_BYTES - Integer.BYTES, Integer.MAX_VALUE);
      gang.endpoint(1).joined().stream()
          .filter(link -> link.rank() == 0)
          .forEach(link -> link.channel().writeAndFlush(bad));
      assertThatThrownBy(() -> Gang.result(waiting))
          .hasMessageContaining(
              "%s sent a frame of 2147483647 bytes".formatted(gang.endpoint(1).address()));
    }
  }

  @Test
  void nothingIsLeftWhenAnExchangeBreaksInTheMiddle() throws Exception {
    await().atMost(SOON).untilAsserted(() -> assertThat(buffersInUse()).isZero());
    try (Gang gang = Gang.netty(2, LIMITS)) {
      Tensor large = torch.ones(3_000_000);
      gang.rank(0).send(1, ExchangeTest.tag(0, Direction.CONTROL), large);
      gang.rank(0).send(1, ExchangeTest.tag(1, Direction.CONTROL), large);
      await().atMost(SOON).untilAsserted(() -> assertThat(buffersInUse()).isPositive());
      assertThatThrownBy(() -> gang.rank(1).receiveBytes(0, ExchangeTest.tag(9, Direction.CONTROL)))
          .hasMessageContaining("step 0");
    }
    await().atMost(SOON).untilAsserted(() -> assertThat(buffersInUse()).isZero());
  }

  private static long buffersInUse() {
    return PooledByteBufAllocator.DEFAULT.metric().directArenas().stream()
        .mapToLong(PoolArenaMetric::numActiveAllocations)
        .sum();
  }

  @Test
  void whoDoesNotComeIsNamed() {
    try (NettyEndpoint alone = endpoint(RunSecret.random(), 0)) {
      PeerAddress absent = new PeerAddress(1, "127.0.0.1", 1);
      assertThatThrownBy(
              () -> alone.connect(List.of(alone.address(), absent), Duration.ofMillis(300)))
          .hasMessage("waited 0.3 s for rank 1 (127.0.0.1:1) to connect");
    }
  }

  @Test
  void aTakenPortLeadsToTheNextAndAFullRangeIsReported() throws IOException {
    RunSecret secret = RunSecret.random();
    try (NettyEndpoint first = endpoint(secret, 0)) {
      int port = first.address().port();
      ListenAddress same = new ListenAddress("127.0.0.1", "localhost", port, 0);
      assertThatThrownBy(() -> NettyEndpoint.bind(same, new Member(secret, 0, 1)))
          .hasMessageContaining(
              "rank 1 cannot listen on 127.0.0.1, ports %d to %d".formatted(port, port));
      ListenAddress more = new ListenAddress("127.0.0.1", "localhost", port, 20);
      try (NettyEndpoint second = NettyEndpoint.bind(more, new Member(secret, 0, 1))) {
        assertThat(second.address().port()).isBetween(port + 1, port + 20);
        assertThat(second.address().host()).isEqualTo("localhost");
      }
    }
  }

  @Test
  void aClosedEndpointLeavesNeitherThreadNorPort() throws Exception {
    int port;
    try (NettyEndpoint endpoint = endpoint(RunSecret.random(), 77)) {
      port = endpoint.address().port();
      assertThat(threadNames()).anyMatch(n -> n.startsWith("exchange-rank-77"));
    }
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(threadNames()).noneMatch(n -> n.startsWith("exchange-rank-77")));
    new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
  }

  @Test
  void theSecretDoesNotShow() {
    RunSecret secret = RunSecret.random();
    assertThat(secret).hasToString("RunSecret[hidden]").isEqualTo(new RunSecret(secret.bytes()));
    assertThat(new Member(secret, 0, 1).toString()).contains("RunSecret[hidden]");
    assertThat(secret).isNotEqualTo(RunSecret.random());
  }

  /** Rank 0 decides when to stop, and says so in the counts. */
  private static int keepExchanging(Exchange exchange, AtomicBoolean stop) {
    int step = 0;
    int going = 1;
    while (going == 1) {
      int own = stop.get() ? 0 : 1;
      int[][] counts =
          exchange.exchangeCounts(
              ExchangeTest.tag(step, Direction.ROUTE_COUNTS), new int[][] {{own}, {own}});
      going = counts[0][0];
      Tensor ones = torch.ones(1000);
      Tensor sum = exchange.reduceScatter(ExchangeTest.tag(step, Direction.REDUCE_SCATTER), ones);
      assertThat(sum.sum().item_float()).isEqualTo(1000f);
      step++;
    }
    return step;
  }

  private static NettyEndpoint endpoint(RunSecret secret, int rank) {
    return NettyEndpoint.bind(ListenAddress.loopback(), new Member(secret, 3, rank), LIMITS);
  }

  private static void refusedAs(Member member, PeerAddress target) {
    try (NettyEndpoint stranger = NettyEndpoint.bind(ListenAddress.loopback(), member, LIMITS)) {
      assertThatThrownBy(() -> stranger.connect(List.of(target, stranger.address()), SOON))
          .isInstanceOf(ExchangeException.class)
          .hasMessageContaining("rank 0 (127.0.0.1:%d) did not accept".formatted(target.port()));
    }
  }

  /** All that comes back until the other side closes. */
  private static byte[] answerTo(PeerAddress to, byte[] bytes) throws IOException {
    try (Socket socket = new Socket(to.host(), to.port())) {
      socket.setSoTimeout((int) SOON.toMillis());
      List<Byte> answer = new ArrayList<>();
      try {
        socket.getOutputStream().write(bytes);
        InputStream in = socket.getInputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
          answer.add((byte) b);
        }
      } catch (java.net.SocketTimeoutException e) {
        throw e;
      } catch (IOException e) {
        // a reset is an answer too
      }
      byte[] result = new byte[answer.size()];
      for (int i = 0; i < result.length; i++) {
        result[i] = answer.get(i);
      }
      return result;
    }
  }

  private static byte[] hello(int attempt, int from, int to) {
    ByteBuf out = Unpooled.buffer();
    out.writeInt(Handshake.MAGIC).writeByte(Handshake.VERSION).writeByte(Handshake.HELLO);
    out.writeInt(attempt).writeInt(from).writeInt(to).writeBytes(Handshake.nonce());
    return Arrays.copyOf(out.array(), out.readableBytes());
  }

  private static byte[] frameHeader() {
    ByteBuf out = Unpooled.buffer();
    new Frame(1, ExchangeTest.tag(0, Direction.CONTROL), 1 << 30, 1 << 20).writeTo(out);
    return Arrays.copyOf(out.array(), out.readableBytes());
  }

  private static List<String> threadNames() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
  }

  /** Stands between a dialer and a listener and keeps what the dialer says. */
  private static final class Recorder implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final java.io.ByteArrayOutputStream kept = new java.io.ByteArrayOutputStream();

    Recorder(int target) throws IOException {
      Thread thread =
          new Thread(
              () -> {
                try (Socket dialer = server.accept();
                    Socket listener = new Socket(InetAddress.getLoopbackAddress(), target)) {
                  Thread back = new Thread(() -> pump(listener, dialer, false));
                  back.setDaemon(true);
                  back.start();
                  pump(dialer, listener, true);
                  back.join();
                } catch (IOException | InterruptedException e) {
                  // the test has ended
                }
              });
      thread.setDaemon(true);
      thread.start();
    }

    int port() {
      return server.getLocalPort();
    }

    byte[] recorded() {
      synchronized (kept) {
        return kept.toByteArray();
      }
    }

    private void pump(Socket from, Socket to, boolean keep) {
      byte[] buffer = new byte[4096];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          if (keep) {
            synchronized (kept) {
              kept.write(buffer, 0, n);
            }
          }
          out.write(buffer, 0, n);
        }
        to.shutdownOutput();
      } catch (IOException e) {
        // the test has ended
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
