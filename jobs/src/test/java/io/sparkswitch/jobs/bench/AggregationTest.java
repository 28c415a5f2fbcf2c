package io.sparkswitch.jobs.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.gang.GangTask;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Traffic;
import io.sparkswitch.model.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ways do the same work: that of a loop, with the same bytes for every member. */
class AggregationTest {
  private static final int TOTAL = 100_003; // no multiple of a number of ranks
  private static final int ROUNDS = 2;
  private static final List<Direction> CARRIED =
      List.of(
          Direction.REDUCE_SCATTER,
          Direction.TO_DRIVER,
          Direction.FROM_DRIVER,
          Direction.ALL_GATHER);

  /** What one member has at the end, and what it moved in a round. */
  private record Outcome(float[] vector, long sent, long received) {}

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void bothWaysGiveEveryMemberTheSumInRankOrderAndMoveEquallyManyBytes(int size) throws Exception {
    Map<Integer, Outcome> byExchange = new ConcurrentSkipListMap<>();
    Map<Integer, Outcome> direct = new ConcurrentSkipListMap<>();
    GangTask rank = member -> both(member.exchange(), byExchange, direct);
    LoopbackGang.run(
        size,
        rank,
        (exchange, attempt) -> {
          both(exchange, byExchange, direct);
          return null;
        });

    float[] sum = sum(size);
    assertThat(byExchange).hasSize(size + 1);
    for (int member = Exchange.DRIVER; member < size; member++) {
      Outcome own = byExchange.get(member);
      Outcome twin = direct.get(member);
      assertThat(own.vector).as("member %d", member).isEqualTo(sum);
      assertThat(twin.vector).as("twin of member %d", member).isEqualTo(sum);
      assertThat(own.sent).as("member %d", member).isPositive();
      long signals = member == Exchange.DRIVER ? size : 1;
      assertThat(twin.sent).as("sent by %d", member).isEqualTo(own.sent + signals);
      assertThat(twin.received).as("received by %d", member).isEqualTo(own.received + signals);
    }
  }

  private static void both(
      Exchange exchange, Map<Integer, Outcome> byExchange, Map<Integer, Outcome> direct)
      throws Exception {
    int rank = exchange.rank();
    try (BareSockets sockets = BareSockets.connect(exchange);
        DirectAggregation twin = new DirectAggregation(sockets, rank, exchange.size(), TOTAL)) {
      ExchangeAggregation own = new ExchangeAggregation(exchange);
      for (int round = 0; round < ROUNDS; round++) {
        long sent = carried(exchange.traffic(), true);
        long received = carried(exchange.traffic(), false);
        float[] vector = result(own, rank);
        byExchange.put(
            rank,
            new Outcome(
                vector,
                carried(exchange.traffic(), true) - sent,
                carried(exchange.traffic(), false) - received));
        sent = sockets.written();
        received = sockets.read();
        vector = result(twin, rank);
        direct.put(rank, new Outcome(vector, sockets.written() - sent, sockets.read() - received));
      }
    }
  }

  private static float[] result(Aggregation way, int rank) throws Exception {
    try (Tensor gradients = Tensors.floats(gradients(rank), TOTAL);
        Tensor values = Tensors.floats(new float[TOTAL], TOTAL)) {
      way.sum(gradients, values);
      return Tensors.toFloats(rank == Exchange.DRIVER ? gradients : values);
    }
  }

  private static long carried(Traffic traffic, boolean sent) {
    return CARRIED.stream()
        .mapToLong(kind -> sent ? traffic.sent(kind) : traffic.received(kind))
        .sum();
  }

  private static float[] gradients(int rank) {
    SplittableRandom random = new SplittableRandom(rank);
    float[] all = new float[TOTAL];
    for (int i = 0; i < TOTAL; i++) {
      all[i] = (float) random.nextDouble(-1, 1);
    }
    return all;
  }

  private static float[] sum(int size) {
    float[] sum = gradients(0);
    for (int rank = 1; rank < size; rank++) {
      float[] next = gradients(rank);
      for (int i = 0; i < TOTAL; i++) {
        sum[i] += next[i];
      }
    }
    return sum;
  }
}
