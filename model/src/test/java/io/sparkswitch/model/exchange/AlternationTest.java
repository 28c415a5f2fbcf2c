package io.sparkswitch.model.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.model.exchange.Alternation.Program;
import io.sparkswitch.model.exchange.Exchange.Counted;
import io.sparkswitch.model.exchange.Exchange.Rows;
import io.sparkswitch.model.exchange.ExchangeException.Reason;
import io.sparkswitch.model.exchange.ExchangeTest.Maker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Programs of each rank by turns on one exchange. */
@Timeout(120)
class AlternationTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int SIZE = 3;

  /** The programs of a gang, and what each movement must bring. */
  private static final class Movements {
    final List<List<List<Tensor>>> outgoing = new ArrayList<>(); // [program][round][rank]
    final List<List<int[][]>> rows = new ArrayList<>(); // [program][round], from and to

    Movements(int[] roundsOfPrograms, int most, int embed) {
      Random random = new Random(4);
      for (int rounds : roundsOfPrograms) {
        List<List<Tensor>> ofProgram = new ArrayList<>();
        List<int[][]> counts = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
          int[][] ofRound = new int[SIZE][SIZE];
          List<Tensor> tensors = new ArrayList<>();
          for (int[] row : ofRound) {
            for (int d = 0; d < SIZE; d++) {
              row[d] = random.nextInt(4) == 0 ? 0 : random.nextInt(most);
            }
            tensors.add(torch.randn(IntStream.of(row).sum(), embed));
          }
          counts.add(ofRound);
          ofProgram.add(tensors);
        }
        outgoing.add(ofProgram);
        rows.add(counts);
      }
    }

    /** Every other round with counts. */
    List<Tensor> program(Exchange exchange, int program, Random pauses) {
      List<Tensor> all = new ArrayList<>();
      for (int round = 0; round < rows.get(program).size(); round++) {
        pause(pauses);
        int[][] counts = rows.get(program).get(round);
        Tensor own = outgoing.get(program).get(round).get(exchange.rank());
        Tag tag = tag(program, round, Direction.DISPATCH);
        int[] to = counts[exchange.rank()];
        if (round % 2 == 0) {
          int[][] told = IntStream.of(to).mapToObj(n -> new int[] {n}).toArray(int[][]::new);
          Counted came =
              exchange.allToAllCounted(
                  tag(program, round, Direction.ROUTE_COUNTS), told, new Rows(tag, own));
          all.add(came.rows().get(0));
        } else {
          int rank = exchange.rank();
          int[] from = IntStream.range(0, SIZE).map(s -> counts[s][rank]).toArray();
          all.add(exchange.allToAll(tag, own, to, from));
        }
      }
      return all;
    }

    void assertArrived(List<List<List<Tensor>>> ofRanks) { // [rank][program][round]
      for (int program = 0; program < rows.size(); program++) {
        for (int round = 0; round < rows.get(program).size(); round++) {
          List<Tensor> expected =
              ExchangeTwin.allToAll(outgoing.get(program).get(round), rows.get(program).get(round));
          for (int rank = 0; rank < SIZE; rank++) {
            Tensor actual = ofRanks.get(rank).get(program).get(round);
            assertThat(torch.equal(actual, expected.get(rank)))
                .as("rank %d, program %d, round %d", rank, program, round)
                .isTrue();
          }
        }
      }
    }
  }

  private static Tag tag(int program, int round, Direction direction) {
    return new Tag(3, round, program, 0, direction);
  }

  private static void pause(Random random) {
    try {
      Thread.sleep(random.nextInt(3)); // earlier than one peer, later than another
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aNegativeNumberOfRowsIsRefusedAndItsSenderNamed() throws Exception {
    try (Gang gang = Gang.netty(2, PATIENCE)) {
      Tag tag = tag(0, 0, Direction.ROUTE_COUNTS);
      byte[] counts = ByteBuffer.allocate(8).putInt(5).putInt(-3).array();
      gang.rank(1).sendBytes(0, tag, counts);
      assertThatThrownBy(() -> gang.rank(0).allToAllCounted(tag, new int[2][2]))
          .isInstanceOfSatisfying(ExchangeException.class, e -> assertThat(e.peer()).isEqualTo(1))
          .hasMessage("rank 1 announced [5, -3] rows");
    }
  }

  private static List<List<Tensor>> byTurns(Exchange exchange, Movements all) throws IOException {
    Random pauses = new Random(exchange.rank());
    List<Program<List<Tensor>>> programs = new ArrayList<>();
    for (int i = 0; i < all.rows.size(); i++) {
      int program = i;
      programs.add(() -> all.program(exchange, program, pauses));
    }
    try (Alternation alternation = new Alternation(exchange, programs.size(), PATIENCE)) {
      return alternation.run(programs);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.sparkswitch.model.exchange.ExchangeTest#kinds")
  void whatEachMovesArrivesAsIfItWereAloneWhoeverIsLongerAtIt(String kind, Maker maker)
      throws Exception {
    for (int[] rounds : new int[][] {{9, 9}, {7, 3}, {3, 0, 5, 2}, {4}}) {
      Movements movements = new Movements(rounds, 900, 64);
      try (Gang gang = maker.make(SIZE, PATIENCE)) {
        movements.assertArrived(gang.all(e -> byTurns(e, movements)));
        // The exchange is as before.
        Tensor one = torch.ones(8);
        Tag after = ExchangeTest.tag(9, Direction.REDUCE_SCATTER);
        gang.all(e -> e.reduceScatter(after, one.clone()));
      }
    }
  }

  /** All have more on its way than mailboxes and sockets hold, in both directions. */
  @Test
  void noneWaitsForWhatAnotherHasYetToReceive() throws Exception {
    NettyEndpoint.Limits limits = new NettyEndpoint.Limits(PATIENCE, PATIENCE, PATIENCE, 1 << 16);
    Movements movements = new Movements(new int[] {3, 3, 2}, 8_000, 512); // up to 16 MB a pair
    try (Gang gang = Gang.netty(SIZE, limits)) {
      movements.assertArrived(gang.all(e -> byTurns(e, movements)));
    }
  }

  @Test
  void turnsChangeAtEveryAllToAllAndNowhereElse() throws Exception {
    assertThat(orders(2, 3))
        .containsOnly(
            List.of(
                "a0", "b0", "a0.", "a1", "b0.", "b1", "a1.", "a end", "b1.", "b2", "b2.", "b end"));
  }

  @Test
  void whoIsDoneIsPassedOver() throws Exception {
    assertThat(orders(2, 0, 3))
        .containsOnly(
            List.of(
                "a0", "b end", "c0", "a0.", "a1", "c0.", "c1", "a1.", "a end", "c1.", "c2", "c2.",
                "c end"));
  }

  /** What programs a, b, … of two ranks do, of so many steps each, in the order of each rank. */
  private static List<List<String>> orders(int... steps) throws Exception {
    try (Gang gang = Gang.local(2, PATIENCE)) {
      return gang.all(
          e -> {
            List<String> order = new ArrayList<>();
            List<Program<Void>> programs = new ArrayList<>();
            for (int count : steps) {
              String name = Character.toString('a' + programs.size());
              programs.add(() -> steps(e, name, count, order));
            }
            try (Alternation alternation = new Alternation(e, steps.length, PATIENCE)) {
              alternation.run(programs);
            }
            return order;
          });
    }
  }

  @Test
  void moreProgramsThanItWasMadeForAreRefused() throws Exception {
    try (Gang gang = Gang.local(1, PATIENCE);
        Alternation alternation = new Alternation(gang.rank(0), 2, PATIENCE)) {
      Program<Void> any = () -> null;
      assertThatThrownBy(() -> alternation.run(List.of(any, any, any)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("3 programs, where 1 to 2 can take turns");
      assertThat(alternation.run(List.of(any, any))).hasSize(2);
    }
  }

  private static Void steps(Exchange exchange, String name, int steps, List<String> order) {
    for (int i = 0; i < steps; i++) {
      order.add(name + i);
      Tag counts = tag(name.charAt(0), i, Direction.ROUTE_COUNTS);
      exchange.allToAllCounted(counts, new int[2][1]);
      order.add(name + i + ".");
      exchange.sendBytes(Exchange.DRIVER, tag(0, i, Direction.CONTROL), new byte[1]);
    }
    order.add(name + " end");
    return null;
  }

  @Test
  void whatFailsIsThrownAndTheOthersEndWithIt() throws Exception {
    for (int failing = 0; failing < 3; failing++) {
      for (int at = 0; at < 3; at++) {
        IOException failure = new IOException("the disk is full");
        try (Gang gang = Gang.netty(2, PATIENCE)) {
          int who = failing;
          int when = at;
          List<Future<Void>> ranks = new ArrayList<>();
          CountDownLatch ended = new CountDownLatch(3);
          ranks.add(
              gang.start(
                  0,
                  e -> {
                    try (Alternation alternation = new Alternation(e, 3, PATIENCE)) {
                      alternation.run(
                          List.of(
                              () -> counted(ended, e, 0, who == 0 ? when : 99, failure),
                              () -> counted(ended, e, 1, who == 1 ? when : 99, failure),
                              () -> counted(ended, e, 2, who == 2 ? when : 99, failure)));
                    } finally {
                      // Who fails at once keeps those after it from beginning.
                      assertThat(ended.getCount()).isEqualTo(when == 0 ? 2 - who : 0);
                      e.close();
                    }
                    return null;
                  }));
          ranks.add(
              gang.start(
                  1,
                  e -> {
                    try (Alternation alternation = new Alternation(e, 3, PATIENCE)) {
                      alternation.run(
                          List.of(
                              () -> failingAt(e, 0, 99, failure),
                              () -> failingAt(e, 1, 99, failure),
                              () -> failingAt(e, 2, 99, failure)));
                    }
                    return null;
                  }));
          assertThatThrownBy(() -> Gang.result(ranks.get(0))).isSameAs(failure);
          assertThatThrownBy(() -> Gang.result(ranks.get(1)))
              .isInstanceOf(ExchangeException.class)
              .hasMessageContaining("rank 0 (");
        }
      }
    }
  }

  private static Void counted(
      CountDownLatch ended, Exchange exchange, int program, int round, IOException failure)
      throws IOException {
    try {
      return failingAt(exchange, program, round, failure);
    } finally {
      ended.countDown();
    }
  }

  private static Void failingAt(Exchange exchange, int program, int round, IOException failure)
      throws IOException {
    for (int i = 0; i < 4; i++) {
      if (i == round) {
        throw failure;
      }
      exchange.allToAllCounted(tag(program, i, Direction.ROUTE_COUNTS), new int[2][1]);
    }
    return null;
  }

  /** As Spark does to a task that is to end; the peer, alive, is late. */
  @Test
  void anInterruptEndsAllSoonWhoeverWaits() throws Exception {
    for (int rounds : new int[] {1, 2}) { // the first program ends, or waits for the others
      try (Gang gang = Gang.netty(2, PATIENCE)) {
        CountDownLatch waiting = new CountDownLatch(1);
        List<Thread> others = new ArrayList<>();
        Thread[] task = new Thread[1];
        Future<Void> rank =
            gang.start(
                0,
                e -> {
                  task[0] = Thread.currentThread();
                  try (Alternation alternation = new Alternation(e, 3, PATIENCE)) {
                    alternation.run(
                        List.of(
                            () -> rounds == 1 ? null : failingAt(e, 0, 99, null),
                            () -> {
                              others.add(Thread.currentThread());
                              return failingAt(e, 1, 99, null);
                            },
                            () -> {
                              others.add(Thread.currentThread());
                              waiting.countDown();
                              e.receiveBytes(1, tag(2, 0, Direction.CONTROL)); // never comes
                              return null;
                            }));
                  }
                  return null;
                });
        assertThat(waiting.await(10, TimeUnit.SECONDS)).isTrue();
        long start = System.nanoTime();
        task[0].interrupt();
        assertThatThrownBy(() -> Gang.result(rank))
            .isInstanceOfSatisfying(
                ExchangeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INTERRUPTED));
        for (Thread other : others) {
          other.join(5_000);
          assertThat(other.isAlive()).isFalse();
        }
        assertThat(others).hasSize(2);
        assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
      }
    }
  }

  @Test
  void whoWaitsTooLongForTheOtherSaysSo() throws Exception {
    CountDownLatch late = new CountDownLatch(1);
    try (Gang gang = Gang.local(2, PATIENCE)) {
      Future<Void> rank =
          gang.start(
              0,
              e -> {
                try (Alternation alternation = new Alternation(e, 2, Duration.ofMillis(300))) {
                  alternation.run(
                      List.of(
                          () -> failingAt(e, 0, 99, null),
                          () -> {
                            awaitQuietly(late);
                            return null;
                          }));
                }
                return null;
              });
      assertThatThrownBy(() -> Gang.result(rank))
          .isInstanceOfSatisfying(ExchangeException.class, e -> assertThat(e.peer()).isZero())
          .hasMessage(
              "waited 0.3 s; waiting for the other programs of rank 0 to come to an all-to-all, or"
                  + " to their ends");
    } finally {
      late.countDown();
    }
  }

  /** Computes, deaf to interrupts. */
  private static void awaitQuietly(CountDownLatch latch) {
    boolean done = false;
    while (!done) {
      try {
        latch.await();
        done = true;
      } catch (InterruptedException e) {
        // Goes on.
      }
    }
  }
}
