package io.sparkswitch.model.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** Rank 0 is this JVM, ranks 1 and 2 are processes of their own. */
class ProcessesTest {
  private static final int SIZE = 3;
  private static final int STEPS = 20;

  /** Sends rows and a vector that any process can compute, then waits for what never comes. */
  static final class Steps implements GangProcess.Program {
    @Override
    public void run(Exchange exchange) {
      for (int step = 0; step < STEPS; step++) {
        step(exchange, step);
      }
      assertThatThrownBy(() -> exchange.receiveBytes(0, ExchangeTest.tag(STEPS, Direction.CONTROL)))
          .isInstanceOf(ExchangeException.class);
    }
  }

  @Test
  void processesExchangeAsTheTwinDoesAndADeadOneIsNoticedAtOnce() throws Exception {
    RunSecret secret = RunSecret.random();
    Member self = new Member(secret, 3, 0);
    try (NettyEndpoint endpoint = NettyEndpoint.bind(ListenAddress.loopback(), self);
        GangProcess one = GangProcess.start(Steps.class, 1, secret);
        GangProcess two = GangProcess.start(Steps.class, 2, secret)) {
      String ports = "%d %s %s".formatted(endpoint.address().port(), one.line(), two.line());
      one.tell(ports);
      two.tell(ports);
      try (NettyExchange exchange =
          endpoint.connect(GangProcess.addresses(ports), Duration.ofSeconds(30))) {
        long compared = 0;
        for (int step = 0; step < STEPS; step++) {
          compared += step(exchange, step);
        }
        assertThat(compared).as("entries compared").isGreaterThan(10_000);

        two.process().destroyForcibly().waitFor(); // SIGKILL
        long start = System.nanoTime();
        // Rank 1 lives and is waited for; the dead one is named all the same.
        assertThatThrownBy(
                () -> exchange.receiveBytes(1, ExchangeTest.tag(STEPS, Direction.CONTROL)))
            .isInstanceOfSatisfying(
                ExchangeException.class,
                e -> {
                  assertThat(e.reason()).isEqualTo(ExchangeException.Reason.LOST);
                  assertThat(e.peer()).isEqualTo(2);
                })
            .hasMessageContaining("rank 2 (127.0.0.1:%s) died".formatted(ports.split(" ")[2]));
        assertThat(ExchangeTest.secondsSince(start)).isLessThan(3);
      }
    }
  }

  private static long step(Exchange exchange, int step) {
    int[][] rows = new int[SIZE][SIZE];
    List<Tensor> outgoing = new ArrayList<>();
    List<Tensor> vectors = new ArrayList<>();
    int[] from = new int[SIZE];
    ScalarType dtype = step % 2 == 0 ? ScalarType.Float : ScalarType.BFloat16;
    for (int s = 0; s < SIZE; s++) {
      int sum = 0;
      for (int d = 0; d < SIZE; d++) {
        rows[s][d] = (7 * s + 5 * d + 3 * step) % 4 * 11;
        sum += rows[s][d];
      }
      from[s] = rows[s][exchange.rank()];
      torch.manual_seed(1000L * step + s);
      outgoing.add(torch.randn(sum, 17).to(dtype));
      vectors.add(torch.randn(50_001));
    }
    int rank = exchange.rank();
    Tensor received =
        exchange.allToAll(
            ExchangeTest.tag(step, Direction.DISPATCH), outgoing.get(rank), rows[rank], from);
    assertThat(torch.equal(received, ExchangeTwin.allToAll(outgoing, rows).get(rank))).isTrue();
    Tensor slice =
        exchange.reduceScatter(
            ExchangeTest.tag(step, Direction.REDUCE_SCATTER), vectors.get(rank).clone());
    assertThat(torch.equal(slice, ExchangeTwin.reduceScatter(vectors).get(rank))).isTrue();
    return received.numel() + slice.numel();
  }
}
