package io.sparkswitch.model.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PoolArenaMetric;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
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
          .hasMessage(
              "waited 0.3 s for rank 1 (127.0.0.1:1) to connect in attempt 3; nobody else has");
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

  private static NettyEndpoint endpoint(RunSecret secret, int rank) {
    return NettyEndpoint.bind(ListenAddress.loopback(), new Member(secret, 3, rank), LIMITS);
  }

  private static List<String> threadNames() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
  }
}
