package io.sparkswitch.model.exchange;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.model.exchange.ExchangeException.Reason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/**
 * Every wait ends, and says for whom, where, in which phase it was, and where that one's log is.
 */
class WaitTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String PHASE = "[attempt 3, step 5, micro-batch 0, layer 0, %s]";

  @Test
  void aMessageOfARank() throws Exception {
    try (Gang gang = Gang.netty(2, SHORT)) {
      Tag tag = ExchangeTest.tag(5, Direction.DISPATCH_GRADIENT);
      assertTimesOut(
          () -> gang.rank(0).allToAll(tag, torch.ones(2, 3), new int[] {1, 1}, new int[] {1, 1}),
          "waited 0.3 s for %s to send %s: nothing more came"
              .formatted(named(gang, 1), PHASE.formatted("DISPATCH_GRADIENT")));
    }
  }

  @Test
  void aMessageOfTheDriver() throws Exception {
    try (Gang gang = Gang.netty(2, SHORT)) {
      assertTimesOut(
          () ->
              gang.rank(1)
                  .receiveBytes(Exchange.DRIVER, ExchangeTest.tag(5, Direction.FROM_DRIVER)),
          "waited 0.3 s for %s to send %s: nothing more came"
              .formatted(named(gang, Exchange.DRIVER), PHASE.formatted("FROM_DRIVER")));
    }
  }

  /** Whom the driver has never dialled. */
  @Test
  void aMessageToTheDriver() throws Exception {
    try (Gang gang = Gang.netty(2, SHORT)) {
      assertTimesOut(
          () ->
              gang.rank(Exchange.DRIVER).receiveBytes(1, ExchangeTest.tag(5, Direction.TO_DRIVER)),
          "waited 0.3 s for %s to send %s: nothing more came"
              .formatted(named(gang, 1), PHASE.formatted("TO_DRIVER")));
    }
  }

  @Test
  void thatAPeerTakesWhatItIsSent() throws Exception {
    NettyEndpoint.Limits limits = new NettyEndpoint.Limits(SOON, SHORT, SHORT, 1 << 20);
    try (Gang gang = Gang.netty(2, limits)) {
      Tag tag = ExchangeTest.tag(5, Direction.DISPATCH);
      int rows = 100_000;
      Tensor large = torch.ones(rows, 200); // more than the sockets between them hold
      gang.rank(1).send(0, tag, torch.ones(1, 200));
      assertTimesOut(
          () -> gang.rank(0).allToAll(tag, large, new int[] {0, rows}, new int[] {0, 1}),
          "waited 0.3 s for %s to take %s".formatted(named(gang, 1), PHASE.formatted("DISPATCH")));
    }
  }

  @Test
  void aPeerThatEndsIsNamedWithWhatItOwed() throws Exception {
    try (Gang gang = Gang.netty(2, SOON)) {
      Future<byte[]> waiting =
          gang.start(0, e -> e.receiveBytes(1, ExchangeTest.tag(5, Direction.CONTROL)));
      gang.endpoint(1).abort();
      assertThatThrownBy(() -> Gang.result(waiting))
          .hasMessageStartingWith(
              "%s died or gave up: its connection closed".formatted(named(gang, 1)))
          .hasMessageContaining("; waited ")
          .hasMessageEndingWith(
              " s for %s to send %s".formatted(named(gang, 1), PHASE.formatted("CONTROL")));
    }
  }

  @Test
  void aRankThatDoesNotComeIsNamedByTheDriverWithThoseThatDid() throws Exception {
    RunSecret secret = RunSecret.random();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (NettyEndpoint driver = endpoint(secret, Exchange.DRIVER);
        NettyEndpoint rank0 = endpoint(secret, 0)) {
      PeerAddress absent = new PeerAddress(1, "127.0.0.1", 1, "its log");
      Future<NettyExchange> other =
          thread.submit(
              () -> rank0.connect(List.of(driver.address(), rank0.address(), absent), SHORT));
      assertTimesOut(
          () -> driver.accept(2, Duration.ofMillis(200)),
          "waited 0.2 s for rank 1 to connect in attempt 3; there are rank 0");
      assertTimesOut(
          () -> Gang.result(other),
          "waited 0.3 s for rank 1 (127.0.0.1:1; log: its log) to connect in attempt 3; there are"
              + " the driver");
    } finally {
      thread.shutdownNow();
    }
  }

  private static NettyEndpoint endpoint(RunSecret secret, int rank) {
    return NettyEndpoint.bind(ListenAddress.loopback(), new Member(secret, 3, rank));
  }

  private static String named(Gang gang, int rank) {
    return "%s (127.0.0.1:%d; log: log of %d)"
        .formatted(PeerAddress.name(rank), gang.endpoint(rank).address().port(), rank);
  }

  private static void assertTimesOut(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ExchangeException.class,
            e -> org.assertj.core.api.Assertions.assertThat(e.reason()).isEqualTo(Reason.TIMED_OUT))
        .hasMessage(message);
  }
}
