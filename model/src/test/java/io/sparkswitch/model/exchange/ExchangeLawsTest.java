package io.sparkswitch.model.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.model.exchange.Exchange.Counted;
import io.sparkswitch.model.exchange.Exchange.Rows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Every exchange against {@link ExchangeTwin} on any shapes, to the last bit. */
class ExchangeLawsTest {
  private static final int LARGEST = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Map<String, Gang> GANGS = new HashMap<>();

  /** What moves the bytes. */
  enum Kind {
    LOCAL,
    NETTY,
    ENCRYPTED
  }

  /** What is moved; the exchange sums these three. */
  enum Entries {
    FLOAT32(ScalarType.Float),
    FLOAT64(ScalarType.Double),
    BFLOAT16(ScalarType.BFloat16);

    private final ScalarType dtype;

    Entries(ScalarType dtype) {
      this.dtype = dtype;
    }
  }

  private static long step;
  private static long compared;
  private static int emptyRanks;

  @AfterContainer
  static void closeAll() {
    GANGS.values().forEach(Gang::close);
    GANGS.clear();
    assertThat(compared).as("entries compared").isGreaterThan(100_000);
    assertThat(emptyRanks).as("ranks that sent nothing, some 20 by chance").isGreaterThan(3);
  }

  /** Rows of each pair of ranks, of which many are none; sometimes more than a frame holds. */
  @Provide
  Arbitrary<List<Integer>> anyRows() {
    return Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.just(0)),
            Tuple.of(5, Arbitraries.integers().between(1, 40)),
            Tuple.of(1, Arbitraries.integers().between(1000, 9000)))
        .list()
        .ofSize(LARGEST * LARGEST);
  }

  @Property(tries = 90)
  void rowsArriveAsTheTwinHasThem(
      @ForAll Kind kind,
      @ForAll Entries entries,
      @ForAll @IntRange(min = 1, max = LARGEST) int size,
      @ForAll @IntRange(min = 1, max = 70) int embed,
      @ForAll("anyRows") List<Integer> flat)
      throws Exception {
    int[][] rows = new int[size][size];
    List<Tensor> outgoing = new ArrayList<>();
    try (PointerScope scope = new PointerScope()) {
      for (int s = 0; s < size; s++) {
        int sum = 0;
        for (int d = 0; d < size; d++) {
          rows[s][d] = flat.get(s * LARGEST + d);
          sum += rows[s][d];
        }
        emptyRanks += sum == 0 ? 1 : 0;
        outgoing.add(torch.randn(sum, embed).to(entries.dtype));
      }
      long now = step++;
      List<Tensor> received =
          all(
              kind,
              size,
              e -> {
                int[] from = new int[size];
                Tag counts = tag(now, Direction.ROUTE_COUNTS);
                int[][] told = e.allToAllCounted(counts, own(rows, e)).counts();
                for (int s = 0; s < size; s++) {
                  from[s] = told[s][0];
                }
                Tag tag = tag(now, Direction.DISPATCH);
                return e.allToAll(tag, outgoing.get(e.rank()), rows[e.rank()], from);
              });
      assertSame(received, ExchangeTwin.allToAll(outgoing, rows));
    }
  }

  @Property(tries = 60)
  void rowsBehindTheirNumbersArriveAsTheTwinHasThem(
      @ForAll Kind kind,
      @ForAll Entries entries,
      @ForAll @IntRange(min = 1, max = LARGEST) int size,
      @ForAll @IntRange(min = 0, max = 70) int embed,
      @ForAll("anyRows") List<Integer> flat)
      throws Exception {
    try (PointerScope scope = new PointerScope()) {
      int[][] rows = new int[size][size];
      List<Tensor> wide = new ArrayList<>();
      List<Tensor> narrow = new ArrayList<>();
      for (int s = 0; s < size; s++) {
        for (int d = 0; d < size; d++) {
          rows[s][d] = flat.get(s * LARGEST + d);
        }
        int sum = IntStream.of(rows[s]).sum();
        wide.add(torch.randn(sum, embed).to(entries.dtype));
        narrow.add(torch.randn(sum, 1).to(ScalarType.Long));
      }
      long now = step++;
      List<Counted> came =
          all(
              kind,
              size,
              e ->
                  e.allToAllCounted(
                      tag(now, Direction.ROUTE_COUNTS),
                      halves(rows[e.rank()]),
                      new Rows(tag(now, Direction.DISPATCH), wide.get(e.rank())),
                      new Rows(tag(now, Direction.TOKEN_INDEX), narrow.get(e.rank()))));
      assertSame(
          came.stream().map(c -> c.rows().get(0)).toList(), ExchangeTwin.allToAll(wide, rows));
      assertSame(
          came.stream().map(c -> c.rows().get(1)).toList(), ExchangeTwin.allToAll(narrow, rows));
      for (int rank = 0; rank < size; rank++) {
        for (int s = 0; s < size; s++) {
          assertThat(came.get(rank).counts()[s]).isEqualTo(halves(rows[s])[rank]);
        }
      }
    }
  }

  /** Of two experts a rank. */
  private static int[][] halves(int[] rows) {
    return IntStream.of(rows).mapToObj(n -> new int[] {n / 3, n - n / 3}).toArray(int[][]::new);
  }

  private static int[][] own(int[][] rows, Exchange exchange) {
    int[][] own = new int[rows.length][];
    for (int d = 0; d < own.length; d++) {
      own[d] = new int[] {rows[exchange.rank()][d]};
    }
    return own;
  }

  /** Below the number of ranks some have no slice; some slices come in several messages. */
  @Provide
  Arbitrary<Integer> anyLength() {
    return Arbitraries.frequencyOf(
        Tuple.of(1, Arbitraries.integers().between(0, LARGEST)),
        Tuple.of(5, Arbitraries.integers().between(0, 60_000)),
        Tuple.of(3, Arbitraries.integers().between(60_000, 1_000_000)));
  }

  @Property(tries = 60)
  void vectorsAreSummedInRankOrderAndJoinedAgain(
      @ForAll Kind kind,
      @ForAll Entries entries,
      @ForAll @IntRange(min = 1, max = LARGEST) int size,
      @ForAll("anyLength") int length)
      throws Exception {
    try (PointerScope scope = new PointerScope()) {
      List<Tensor> vectors = new ArrayList<>();
      for (int rank = 0; rank < size; rank++) {
        vectors.add(torch.randn(length).to(entries.dtype));
      }
      long now = step++;
      List<Tensor> slices =
          all(
              kind,
              size,
              e ->
                  e.reduceScatter(
                      tag(now, Direction.REDUCE_SCATTER), vectors.get(e.rank()).clone()));
      assertSame(slices, ExchangeTwin.reduceScatter(vectors));
      Tensor whole = ExchangeTwin.allGather(slices);
      List<Tensor> gathered =
          all(
              kind,
              size,
              e -> gathered(e, tag(now, Direction.ALL_GATHER), slices.get(e.rank()), length));
      assertSame(gathered, gathered.stream().map(any -> whole).toList());
    }
  }

  /** A rank's slice in its place, and nothing anybody would take for the others'. */
  static Tensor gathered(Exchange exchange, Tag tag, Tensor slice, long length) {
    Tensor vector = torch.full(new long[] {length}, new Scalar(-77)).to(slice.scalar_type());
    Exchange.slice(vector, exchange.rank(), exchange.size()).copy_(slice);
    exchange.allGather(tag, vector);
    return vector;
  }

  @Property(tries = 40)
  void theDriverGathersWhatItScattered(
      @ForAll Kind kind,
      @ForAll Entries entries,
      @ForAll @IntRange(min = 1, max = LARGEST) int size,
      @ForAll("anyLength") int length)
      throws Exception {
    try (PointerScope scope = new PointerScope()) {
      Tensor vector = torch.randn(length).to(entries.dtype);
      long now = step++;
      Gang gang = gang(kind, size);
      List<Future<Tensor>> slices = new ArrayList<>();
      for (int rank = 0; rank < size; rank++) {
        slices.add(gang.start(rank, e -> echoed(e, now, Exchange.slice(vector, e.rank(), size))));
      }
      Exchange driver = gang.rank(Exchange.DRIVER);
      driver.scatterFromDriver(tag(now, Direction.FROM_DRIVER), vector);
      Tensor gathered = torch.zeros_like(vector);
      driver.gatherAtDriver(tag(now, Direction.TO_DRIVER), gathered);
      assertSame(List.of(gathered), List.of(vector));
      for (int rank = 0; rank < size; rank++) {
        Tensor expected = Exchange.slice(vector, rank, size);
        assertSame(List.of(Gang.result(slices.get(rank))), List.of(expected));
      }
    }
  }

  private static Tensor echoed(Exchange exchange, long now, Tensor like) {
    Tensor slice = torch.zeros_like(like);
    exchange.scatterFromDriver(tag(now, Direction.FROM_DRIVER), slice);
    exchange.gatherAtDriver(tag(now, Direction.TO_DRIVER), slice);
    return slice;
  }

  @Property(tries = 40)
  void whatOneSendsAllOthersHave(
      @ForAll Kind kind,
      @ForAll @IntRange(min = 1, max = LARGEST) int size,
      @ForAll @IntRange(min = Exchange.DRIVER, max = LARGEST - 1) int any,
      @ForAll byte[] bytes)
      throws Exception {
    int root = Math.min(any, size - 1);
    Tag tag = tag(step++, Direction.CONTROL);
    Gang gang = gang(kind, size);
    try {
      List<Future<byte[]>> others = new ArrayList<>();
      for (int rank = 0; rank < size; rank++) {
        if (rank != root) {
          others.add(gang.start(rank, e -> e.receiveBytes(root, tag)));
        }
      }
      gang.rank(root).broadcast(tag, bytes);
      for (Future<byte[]> other : others) {
        assertThat(Gang.result(other)).isEqualTo(bytes);
        compared += bytes.length;
      }
    } catch (Exception | AssertionError e) {
      forget(kind, size);
      throw e;
    }
  }

  private static <T> List<T> all(Kind kind, int size, Gang.Program<T> program) throws Exception {
    try {
      return gang(kind, size).all(program);
    } catch (Exception | AssertionError e) {
      forget(kind, size);
      throw e;
    }
  }

  private static Gang gang(Kind kind, int size) throws Exception {
    String key = kind + " " + size;
    Gang gang = GANGS.get(key);
    if (gang == null) {
      gang =
          switch (kind) {
            case LOCAL -> Gang.local(size, PATIENCE);
            case NETTY -> Gang.netty(size, PATIENCE);
            case ENCRYPTED -> Gang.encrypted(size, PATIENCE);
          };
      GANGS.put(key, gang);
    }
    return gang;
  }

  /** A gang that failed once is closed, and would fail whatever is tried next. */
  private static void forget(Kind kind, int size) {
    GANGS.remove(kind + " " + size).close();
  }

  private static Tag tag(long at, Direction direction) {
    return ExchangeTest.tag(at, direction);
  }

  private static void assertSame(List<Tensor> actual, List<Tensor> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      Tensor a = actual.get(i);
      Tensor b = expected.get(i);
      assertThat(a.scalar_type().intern()).isEqualTo(b.scalar_type().intern());
      assertThat(a.sizes().vec().get()).isEqualTo(b.sizes().vec().get());
      assertThat(torch.equal(a, b)).as("rank %d", i).isTrue();
      compared += a.numel();
    }
  }
}
