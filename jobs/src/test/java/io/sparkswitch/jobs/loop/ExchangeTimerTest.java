package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LONG;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.ExchangeException;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.exchange.Tag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class ExchangeTimerTest {
  private static final long LATE = 200;

  private final List<LocalExchange> ends = LocalExchange.group(2, Duration.ofSeconds(10));
  private final ExchangeTimer timer = new ExchangeTimer(ends.get(0));

  @Test
  void waitingForAnotherRanksTensorCountsOnce() {
    CompletableFuture<Void> sent =
        later(() -> ends.get(1).send(0, tag(Direction.DISPATCH), torch.ones(3)));

    Tensor received = timer.timed().receive(1, tag(Direction.DISPATCH), ScalarType.Float, 3);
    sent.join();

    assertThat(received.numel()).isEqualTo(3);
    assertThat(timer.takeSeconds()).isBetween(0.9 * LATE / 1000, 9.0);
    assertThat(timer.takeSeconds()).isZero();
  }

  @Test
  void waitingForOrdersDoesNotCount() {
    CompletableFuture<Void> sent =
        later(() -> ends.get(1).sendBytes(0, tag(Direction.CONTROL), new byte[] {1}));

    assertThat(timer.timed().receiveBytes(1, tag(Direction.CONTROL))).containsExactly(1);
    sent.join();

    assertThat(timer.timed().size()).isEqualTo(2);
    assertThat(timer.takeSeconds()).isZero();
  }

  @Test
  void whatIsDoneMeanwhileDoesNotCount() {
    ExchangeTimer own = new ExchangeTimer(LocalExchange.group(1).get(0));
    List<Long> took = new ArrayList<>();
    Runnable work =
        () -> {
          long startedAt = System.nanoTime();
          LockSupport.parkNanos(Duration.ofMillis(LATE).toNanos());
          took.add(System.nanoTime() - startedAt);
        };
    own.timed().meanwhile(() -> own.excluding(work));

    own.timed().allToAllCounted(tag(Direction.ROUTE_COUNTS), new int[1][1]);

    assertThat(took).singleElement(LONG).isGreaterThan(LATE * 900_000);
    assertThat(own.takeSeconds()).isBetween(0.0, 0.5 * LATE / 1000);
  }

  @Test
  void whatFailsFailsAsItDoesWithoutIt() {
    Exchange impatient = LocalExchange.group(2, Duration.ofMillis(50)).get(0);
    ExchangeTimer own = new ExchangeTimer(impatient);

    assertThatThrownBy(() -> own.timed().receiveBytes(1, tag(Direction.DISPATCH)))
        .isInstanceOf(ExchangeException.class);
    assertThat(own.takeSeconds()).isPositive();
  }

  private static CompletableFuture<Void> later(Runnable what) {
    return CompletableFuture.runAsync(
        what, CompletableFuture.delayedExecutor(LATE, TimeUnit.MILLISECONDS));
  }

  private static Tag tag(Direction direction) {
    return new Tag(0, 1, 0, 0, direction);
  }
}
