package io.sparkswitch.model.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.model.exchange.ExchangeTest.Maker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Long messages, whose place is known before they come, or which come before it is. */
class ExpectedMessagesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int SIZE = 3;
  private static final int EMBED = 128;
  private static final int ROUNDS = 12;
  private static final long STILL_MILLIS = 200;

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.sparkswitch.model.exchange.ExchangeTest#kinds")
  void rowsArriveAsTheTwinHasThemWhoeverComesFirst(String kind, Maker maker) throws Exception {
    Random random = new Random(3);
    try (Gang gang = maker.make(SIZE, PATIENCE)) {
      List<List<Tensor>> outgoing = new ArrayList<>();
      List<int[][]> rows = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        // From nothing to 1.5 MB: on both sides of what a mailbox holds, and of what is put in
        // place.
        int[][] counts = new int[SIZE][SIZE];
        List<Tensor> ofRound = new ArrayList<>();
        for (int[] row : counts) {
          row[0] = random.nextInt(3000);
          row[1] = random.nextInt(300);
          row[2] = random.nextInt(3) == 0 ? 0 : random.nextInt(1000);
          ofRound.add(torch.randn(IntStream.of(row).sum(), EMBED));
        }
        rows.add(counts);
        outgoing.add(ofRound);
      }
      List<List<Tensor>> received =
          gang.all(
              e -> {
                Random pauses = new Random(e.rank());
                List<Tensor> all = new ArrayList<>();
                for (int round = 0; round < ROUNDS; round++) {
                  Thread.sleep(pauses.nextInt(4)); // earlier than one peer, later than another
                  int[][] counts = rows.get(round);
                  int[] from = new int[SIZE];
                  for (int s = 0; s < SIZE; s++) {
                    from[s] = counts[s][e.rank()];
                  }
                  all.add(
                      e.allToAll(
                          ExchangeTest.tag(round, Direction.DISPATCH),
                          outgoing.get(round).get(e.rank()),
                          counts[e.rank()],
                          from));
                }
                return all;
              });
      for (int round = 0; round < ROUNDS; round++) {
        List<Tensor> expected = ExchangeTwin.allToAll(outgoing.get(round), rows.get(round));
        for (int rank = 0; rank < SIZE; rank++) {
          assertThat(torch.equal(received.get(rank).get(round), expected.get(rank))).isTrue();
        }
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.sparkswitch.model.exchange.ExchangeTest#kinds")
  void whatFailedWritesNothingMore(String kind, Maker maker) throws Exception {
    int part = 100_000;
    Tag tag = ExchangeTest.tag(1, Direction.TO_DRIVER);
    try (Gang gang = maker.make(2, PATIENCE)) {
      Tensor whole = torch.zeros(2L * part);
      gang.rank(0)
          .send(Exchange.DRIVER, ExchangeTest.tag(2, Direction.TO_DRIVER), torch.ones(part));
      assertThatThrownBy(() -> gang.rank(Exchange.DRIVER).gatherAtDriver(tag, whole))
          .isInstanceOf(ExchangeException.class)
          .hasMessageContaining("step 2");
      Future<Object> late =
          gang.start(
              1,
              e -> {
                e.gatherAtDriver(tag, torch.ones(part));
                return null;
              });
      Thread.sleep(STILL_MILLIS);
      assertThat(whole.count_nonzero().item_long()).isZero();
      late.cancel(true);
    }
  }
}
