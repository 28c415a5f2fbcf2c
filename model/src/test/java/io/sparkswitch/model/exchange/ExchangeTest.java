package io.sparkswitch.model.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.ResourceLeakDetector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both exchanges against {@link ExchangeTwin}, to the last bit. */
class ExchangeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final ScalarType[] DTYPES = {
    ScalarType.Float, ScalarType.Double, ScalarType.BFloat16
  };

  /** How a gang is made. */
  interface Maker {
    Gang make(int size, Duration patience) throws Exception;
  }

  @BeforeAll
  static void watchForLeaks() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
  }

  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of("local", (Maker) Gang::local),
        Arguments.of("netty", (Maker) Gang::netty),
        Arguments.of("encrypted", (Maker) Gang::encrypted),
        Arguments.of("encrypted by Java", (Maker) Gang::encryptedByJava));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void raggedRowsArriveAsTheTwinHasThem(String kind, Maker maker) throws Exception {
    Random random = new Random(1);
    long compared = 0;
    int empty = 0;
    for (int size = 1; size <= 4; size++) {
      try (Gang gang = maker.make(size, PATIENCE)) {
        for (int round = 0; round < 9; round++) {
          ScalarType dtype = DTYPES[round % 3];
          int[][] rows = randomRows(random, size, round);
          int embed = 1 + random.nextInt(40);
          List<Tensor> outgoing = new ArrayList<>();
          for (int[] row : rows) {
            long sum = IntStream.of(row).sum();
            empty += sum == 0 ? 1 : 0;
            outgoing.add(torch.randn(sum, embed).to(dtype));
          }
          Tag tag = tag(round, Direction.DISPATCH);
          List<Tensor> received =
              gang.all(
                  e -> {
                    int[][] own = new int[e.size()][];
                    for (int d = 0; d < own.length; d++) {
                      own[d] = new int[] {rows[e.rank()][d], e.rank()};
                    }
                    Tag counts = tag(tag.step(), Direction.ROUTE_COUNTS);
                    int[] from = new int[e.size()];
                    int[][] told = e.allToAllCounted(counts, own).counts();
                    for (int s = 0; s < from.length; s++) {
                      assertThat(told[s][1]).isEqualTo(s);
                      from[s] = told[s][0];
                    }
                    return e.allToAll(tag, outgoing.get(e.rank()), rows[e.rank()], from);
                  });
          compared += assertSame(received, ExchangeTwin.allToAll(outgoing, rows));
        }
      }
    }
    assertThat(compared).as("entries compared").isGreaterThan(10_000);
    assertThat(empty).as("ranks that sent nothing").isGreaterThan(5);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void vectorsAreSummedInRankOrderAndJoinedAgain(String kind, Maker maker) throws Exception {
    Random random = new Random(2);
    long compared = 0;
    for (int size = 1; size <= 4; size++) {
      try (Gang gang = maker.make(size, PATIENCE)) {
        for (int round = 0; round < 9; round++) {
          long n = round < 3 ? round : random.nextInt(100_000);
          List<Tensor> vectors = new ArrayList<>();
          for (int rank = 0; rank < size; rank++) {
            vectors.add(torch.randn(n).to(DTYPES[round % 3]));
          }
          int step = round;
          List<Tensor> slices =
              gang.all(
                  e ->
                      e.reduceScatter(
                          tag(step, Direction.REDUCE_SCATTER), vectors.get(e.rank()).clone()));
          compared += assertSame(slices, ExchangeTwin.reduceScatter(vectors));
          Tensor whole = ExchangeTwin.allGather(slices);
          List<Tensor> gathered =
              gang.all(
                  e ->
                      ExchangeLawsTest.gathered(
                          e, tag(step, Direction.ALL_GATHER), slices.get(e.rank()), n));
          compared += assertSame(gathered, gathered.stream().map(any -> whole).toList());
        }
      }
    }
    assertThat(compared).as("entries compared").isGreaterThan(1_000_000);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void theDriverSendsAndReceivesTensorsAndBytes(String kind, Maker maker) throws Exception {
    try (Gang gang = maker.make(2, PATIENCE)) {
      Tensor ids = torch.arange(new org.bytedeco.pytorch.Scalar(7L), longs());
      Future<Tensor> rank1 =
          gang.start(
              1,
              e -> {
                Tensor got =
                    e.receive(
                        Exchange.DRIVER, tag(0, Direction.FROM_DRIVER), ScalarType.Long, 7, 1);
                e.sendBytes(
                    Exchange.DRIVER,
                    tag(0, Direction.TO_DRIVER),
                    "grüße".getBytes(StandardCharsets.UTF_8));
                e.sendBytes(Exchange.DRIVER, tag(1, Direction.CONTROL), new byte[0]);
                return got;
              });
      Exchange driver = gang.rank(Exchange.DRIVER);
      assertThat(driver.rank()).isEqualTo(Exchange.DRIVER);
      assertThat(driver.size()).isEqualTo(2);
      driver.send(1, tag(0, Direction.FROM_DRIVER), ids);
      ids.fill_(new org.bytedeco.pytorch.Scalar(0L)); // what was sent is no longer affected
      byte[] text = driver.receiveBytes(1, tag(0, Direction.TO_DRIVER));
      assertThat(new String(text, StandardCharsets.UTF_8)).isEqualTo("grüße");
      assertThat(driver.receiveBytes(1, tag(1, Direction.CONTROL))).isEmpty();
      Tensor expected = torch.arange(new org.bytedeco.pytorch.Scalar(7L), longs()).view(7, 1);
      assertThat(torch.equal(Gang.result(rank1), expected)).isTrue();
      assertThatThrownBy(
              () -> driver.reduceScatter(tag(2, Direction.REDUCE_SCATTER), torch.randn(3)))
          .hasMessageContaining("the driver takes no part in collectives");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void aForeignTagFailsAtOnceAndNamesBoth(String kind, Maker maker) throws Exception {
    try (Gang gang = maker.make(2, PATIENCE)) {
      Tensor vector = torch.randn(8);
      Tensor noRows = torch.randn(0, 4);
      gang.all(e -> e.reduceScatter(tag(5, Direction.REDUCE_SCATTER), vector.clone()));
      long start = System.nanoTime();
      Future<Tensor> other =
          gang.start(1, e -> e.reduceScatter(tag(7, Direction.REDUCE_SCATTER), vector));
      assertThatThrownBy(
              () ->
                  gang.rank(0).allToAll(tag(6, Direction.COMBINE), noRows, new int[2], new int[2]))
          .isInstanceOf(ExchangeException.class)
          .hasMessageContaining("rank 1 (")
          .hasMessageContaining("step 7, micro-batch 0, layer 0, REDUCE_SCATTER")
          .hasMessageContaining("step 6, micro-batch 0, layer 0, COMBINE");
      assertThatThrownBy(() -> Gang.result(other)).isInstanceOf(ExchangeException.class);
      assertThatThrownBy(() -> gang.rank(0).receiveBytes(1, tag(8, Direction.CONTROL)))
          .hasMessageContaining("this exchange is closed since it failed: rank 1 (");
      assertThat(secondsSince(start)).isLessThan(5);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void anotherLengthIsRefused(String kind, Maker maker) throws Exception {
    try (Gang gang = maker.make(2, PATIENCE)) {
      gang.rank(1).send(0, tag(0, Direction.CONTROL), torch.randn(3));
      assertThatThrownBy(
              () -> gang.rank(0).receive(1, tag(0, Direction.CONTROL), ScalarType.Float, 4))
          .hasMessageMatching("(?s)rank 1 \\(.*sent 12 bytes for .* but 16 were expected.*");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void aLatePeerIsNamedWithTheTime(String kind, Maker maker) throws Exception {
    try (Gang gang = maker.make(2, Duration.ofMillis(300))) {
      assertThatThrownBy(() -> gang.rank(0).receiveBytes(1, tag(5, Direction.CONTROL)))
          .isInstanceOfSatisfying(
              ExchangeException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(ExchangeException.Reason.TIMED_OUT);
                assertThat(e.peer()).isEqualTo(1);
              })
          .hasMessageMatching("(?s)waited 0\\.3 s for rank 1 \\(.*step 5.*CONTROL.*");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void closingAnEndFailsTheWaitForItAfterWhatItSent(String kind, Maker maker) throws Exception {
    try (Gang gang = maker.make(2, PATIENCE)) {
      gang.rank(1).sendBytes(0, tag(0, Direction.CONTROL), new byte[] {42});
      Future<byte[]> first =
          gang.start(
              0,
              e -> {
                byte[] sent = e.receiveBytes(1, tag(0, Direction.CONTROL));
                assertThatThrownBy(() -> e.receiveBytes(1, tag(1, Direction.CONTROL)))
                    .isInstanceOf(ExchangeException.class)
                    .hasMessageContaining("rank 1 (")
                    .hasMessageContaining("closed its end");
                return sent;
              });
      Thread.sleep(100);
      long start = System.nanoTime();
      gang.rank(1).close();
      assertThat(Gang.result(first)).containsExactly(42);
      assertThat(secondsSince(start)).isLessThan(5);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void aVectorOfManyMegabytesPasses(String kind, Maker maker) throws Exception {
    int n = 6_000_000;
    int part = 4_500_000;
    try (Gang gang = maker.make(2, PATIENCE)) {
      List<Tensor> vectors = List.of(torch.rand(n), torch.rand(n));
      List<Tensor> slices =
          gang.all(
              e ->
                  e.reduceScatter(tag(0, Direction.REDUCE_SCATTER), vectors.get(e.rank()).clone()));
      long compared = assertSame(slices, ExchangeTwin.reduceScatter(vectors));
      assertThat(compared).isEqualTo(n);
      // More than a mailbox holds, both ways, with nobody receiving yet: no deadlock.
      gang.all(
          e -> {
            int other = 1 - e.rank();
            e.send(other, tag(1, Direction.CONTROL), vectors.get(e.rank()).narrow(0, 0, part));
            Tensor got = e.receive(other, tag(1, Direction.CONTROL), ScalarType.Float, part);
            assertThat(torch.equal(got, vectors.get(other).narrow(0, 0, part))).isTrue();
            return got;
          });
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void anInterruptEndsAWait(String kind, Maker maker) throws Exception {
    try (Gang gang = maker.make(2, PATIENCE)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> gang.rank(0).receiveBytes(1, tag(0, Direction.CONTROL)))
          .hasMessageContaining("interrupted; waited");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  static Tag tag(long step, Direction direction) {
    return new Tag(3, step, 0, 0, direction);
  }

  static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static TensorOptions longs() {
    return new TensorOptions(ScalarType.Long);
  }

  /** Round 0: all empty; round 1: rank 0 alone sends; then at random, half of them empty. */
  private static int[][] randomRows(Random random, int size, int round) {
    int[][] rows = new int[size][size];
    for (int s = 0; s < size; s++) {
      for (int d = 0; d < size; d++) {
        boolean none = round == 0 || (round == 1 && s != 0) || random.nextInt(2) == 0;
        rows[s][d] = none ? 0 : random.nextInt(round == 8 ? 3000 : 60);
      }
    }
    return rows;
  }

  private static long assertSame(List<Tensor> actual, List<Tensor> expected) {
    long compared = 0;
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i).scalar_type().intern())
          .isEqualTo(expected.get(i).scalar_type().intern());
      assertThat(actual.get(i).sizes().vec().get()).isEqualTo(expected.get(i).sizes().vec().get());
      assertThat(torch.equal(actual.get(i), expected.get(i))).as("rank %d", i).isTrue();
      compared += actual.get(i).numel();
    }
    return compared;
  }
}
