package io.sparkswitch.model.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** An exchange of two ranks at work, step after step, until it is stopped. */
final class Running {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final AtomicBoolean stop = new AtomicBoolean();
  private final AtomicInteger steps = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Future<Integer> rank0;
  private final Future<Integer> rank1;

  private Running(Exchange rank0, Exchange rank1) {
    this.rank0 = threads.submit(() -> keepExchanging(rank0));
    this.rank1 = threads.submit(() -> keepExchanging(rank1));
    threads.shutdown();
  }

  static Running start(Exchange rank0, Exchange rank1) {
    Running running = new Running(rank0, rank1);
    running.assertGoesOn();
    return running;
  }

  /** Some steps more are done. */
  void assertGoesOn() {
    int before = steps.get();
    await().atMost(SOON).until(() -> steps.get() > before + 2 || rank0.isDone() || rank1.isDone());
    assertThat(rank0.isDone() || rank1.isDone()).as("the exchange ended").isFalse();
  }

  /** Both ranks end after the same step, neither with an error. */
  void assertEndsWell() throws Exception {
    stop.set(true);
    assertThat(Gang.result(rank0)).isPositive().isEqualTo(Gang.result(rank1));
  }

  /** Rank 0 decides when to stop, and says so in the counts. */
  private int keepExchanging(Exchange exchange) {
    int step = 0;
    int going = 1;
    while (going == 1) {
      int own = stop.get() ? 0 : 1;
      int[][] counts =
          exchange
              .allToAllCounted(
                  ExchangeTest.tag(step, Direction.ROUTE_COUNTS), new int[][] {{own}, {own}})
              .counts();
      going = counts[0][0];
      try (PointerScope scope = new PointerScope()) {
        Tensor ones = torch.ones(1000);
        Tensor sum = exchange.reduceScatter(ExchangeTest.tag(step, Direction.REDUCE_SCATTER), ones);
        assertThat(sum.sum().item_float()).isEqualTo(1000f);
      }
      step++;
      steps.incrementAndGet();
    }
    return step;
  }
}
