package io.sparkswitch.data.batch.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sparkswitch.data.batch.order.SegmentOrder;
import io.sparkswitch.data.batch.order.SegmentOrder.Place;
import io.sparkswitch.data.batch.order.SegmentOrder.Window;
import io.sparkswitch.data.source.InputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReadAheadTest {
  /** Windows of two row groups: window n has 2n and 2n + 1. */
  private static final SegmentOrder PAIRS = new Windows(2, 2);

  private final List<Integer> reads = Collections.synchronizedList(new ArrayList<>());

  @Test
  void theNextWindowIsReadWhileThisOneIsUsedAndNoFurther() {
    try (ReadAhead tokens = new ReadAhead(PAIRS, this::read)) {
      assertThat(value(tokens, 0, 1)).isEqualTo(1);
      await().untilAsserted(() -> assertThat(reads).containsExactly(0, 1, 2, 3));

      assertThat(value(tokens, 0, 0)).isZero();
      assertThat(value(tokens, 1, 2)).isEqualTo(2);
      await().untilAsserted(() -> assertThat(reads).containsExactly(0, 1, 2, 3, 4, 5));
    }
  }

  @Test
  void walkingThroughReadsEachRowGroupOncePerWindow() {
    try (ReadAhead tokens = new ReadAhead(PAIRS, this::read)) {
      for (int window = 0; window < 50; window++) {
        for (int i = 0; i < 20; i++) {
          int group = 2 * window + i % 2;
          assertThat(value(tokens, window, group)).isEqualTo(group);
        }
      }
    }
    assertThat(reads.subList(0, 100)).isEqualTo(IntStream.range(0, 100).boxed().toList());
    assertThat(reads).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(102);
  }

  @Test
  void whatTheWindowBeforeHasIsNotReadAgain() {
    // Windows 0, 1, 2 … have row groups {0, 1, 2}, {1, 2, 3}, {2, 3, 4} …
    try (ReadAhead tokens = new ReadAhead(new Windows(1, 3), this::read)) {
      for (int window = 0; window < 20; window++) {
        assertThat(value(tokens, window, window + 1)).isEqualTo(window + 1);
      }
    }
    assertThat(reads).doesNotHaveDuplicates().hasSizeGreaterThan(20);
  }

  @Test
  void partsHaveWindowsOfTheirOwnThatDoNotDriveOneAnotherOut() {
    Map<Integer, Integer> counts = new ConcurrentHashMap<>();
    SegmentOrder parts = new Windows(2, 2, 1000);
    IntFunction<PackedTokens> counting =
        group -> {
          counts.merge(group, 1, Integer::sum);
          return PackedTokens.of(new int[] {group});
        };
    try (ReadAhead tokens = new ReadAhead(parts, counting)) {
      for (int window = 0; window < 10; window++) {
        for (int part = 0; part < 3; part++) {
          int group = 1000 * part + 2 * window;
          Place place = new Place(new Window(part, window), group, 0, 0);
          assertThat(tokens.at(place).copy(0, 1)).containsExactly(group);
        }
      }
    }
    assertThat(counts).hasSizeBetween(60, 66);
    assertThat(counts.values()).containsOnly(1);
  }

  @Test
  void aWindowThatWasLeftIsReadAgain() {
    try (ReadAhead tokens = new ReadAhead(PAIRS, this::read)) {
      value(tokens, 0, 0);
      value(tokens, 7, 14);
      value(tokens, 0, 0);
    }
    assertThat(Collections.frequency(reads, 0)).isEqualTo(2);
    assertThat(Collections.frequency(reads, 14)).isEqualTo(1);
  }

  @Test
  void whatFailsInTheBackgroundSurfacesWhereTheTokensAreNeededAndCanBeTriedAgain() {
    Set<Integer> damaged = ConcurrentHashMap.newKeySet();
    damaged.add(3);
    IntFunction<PackedTokens> read =
        group -> {
          if (damaged.contains(group)) {
            throw new InputException("row group 3 is damaged");
          }
          return read(group);
        };
    try (ReadAhead tokens = new ReadAhead(PAIRS, read)) {
      value(tokens, 0, 0);
      await().until(() -> reads.contains(2));

      assertThatThrownBy(() -> value(tokens, 1, 2))
          .isInstanceOf(InputException.class)
          .hasMessage("row group 3 is damaged")
          .cause()
          .isInstanceOf(InputException.class)
          .hasMessage("row group 3 is damaged");

      damaged.clear();
      assertThat(value(tokens, 1, 3)).isEqualTo(3);
    }
  }

  @Test
  void anyOtherFailureIsTheCauseToo() {
    RuntimeException failure = new IllegalArgumentException("no such thing");
    IntFunction<PackedTokens> read =
        group -> {
          throw failure;
        };
    try (ReadAhead tokens = new ReadAhead(PAIRS, read)) {
      assertThatThrownBy(() -> value(tokens, 0, 0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("reading ahead failed: no such thing")
          .hasCause(failure);
    }
  }

  @Test
  void closingEndsTheThreadAndTellsWhoWaits() throws InterruptedException {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicReference<Thread> reader = new AtomicReference<>();
    IntFunction<PackedTokens> slow =
        group -> {
          if (group >= 2) {
            reader.set(Thread.currentThread());
            reading.countDown();
            awaitQuietly(goOn);
          }
          return read(group);
        };
    ReadAhead tokens = new ReadAhead(PAIRS, slow);
    value(tokens, 0, 0);
    reading.await();
    AtomicReference<Throwable> told = new AtomicReference<>();
    Thread waiting = new Thread(() -> value(tokens, 1, 2));
    waiting.setUncaughtExceptionHandler((thread, failure) -> told.set(failure));
    waiting.start();
    await().until(() -> waiting.getState() == Thread.State.WAITING);

    Thread closing = new Thread(tokens::close);
    closing.start();
    waiting.join();
    assertThat(told.get()).hasMessage("the batch stream is closed");
    goOn.countDown();
    closing.join();

    assertThat(reader.get().isDaemon()).isTrue();
    await().until(() -> !reader.get().isAlive());
    assertThat(reads).doesNotContain(3);
    assertThatThrownBy(() -> value(tokens, 0, 0)).hasMessage("the batch stream is closed");
  }

  private PackedTokens read(int group) {
    reads.add(group);
    return PackedTokens.of(new int[] {group});
  }

  private static int value(ReadAhead tokens, long window, int group) {
    return tokens.at(new Place(new Window(0, window), group, 0, 0)).copy(0, 1)[0];
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Windows of consecutive row groups.
   *
   * @param step row groups from one window's first to the next one's
   * @param width row groups of a window
   * @param ofPart row groups from one part's first to the next one's
   */
  private record Windows(int step, int width, int ofPart) implements SegmentOrder {
    Windows(int step, int width) {
      this(step, width, 0);
    }

    @Override
    public Place at(long sequence) {
      throw new AssertionError("reading ahead asks for windows, not for places");
    }

    @Override
    public int[] rowGroups(Window window) {
      int first = window.part() * ofPart + (int) window.number() * step;
      return IntStream.range(first, first + width).toArray();
    }
  }
}
