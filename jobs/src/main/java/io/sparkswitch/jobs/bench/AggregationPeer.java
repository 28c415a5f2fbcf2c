package io.sparkswitch.jobs.bench;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.NettyExchange;
import io.sparkswitch.model.exchange.Traffic;
import io.sparkswitch.model.tensor.Natives;
import java.io.IOException;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * One process of a gang that aggregates by both ways in turns. The driver prints a line for each
 * round: seconds by the exchange, seconds by bare sockets; and one with its bytes a round.
 */
final class AggregationPeer {
  private final Tensor gradients;
  private final Tensor values;

  private AggregationPeer(long total) {
    this.gradients = torch.ones(total);
    this.values = torch.ones(total);
  }

  /** Arguments: rank, entries of the vector, rounds. */
  public static void main(String[] arguments) throws IOException {
    ParentLines parent = ParentLines.take();
    Natives.load();
    Natives.threads(1);
    int rank = Integer.parseInt(arguments[0]);
    long total = Long.parseLong(arguments[1]);
    int rounds = Integer.parseInt(arguments[2]);
    AggregationPeer peer = new AggregationPeer(total);
    try (NettyExchange exchange = ProcessGang.join(rank, parent);
        BareSockets sockets = BareSockets.connect(exchange);
        DirectAggregation direct = new DirectAggregation(sockets, rank, exchange.size(), total)) {
      Aggregation own = new ExchangeAggregation(exchange);
      Turns turns = Turns.measure(0, rounds, () -> peer.seconds(own), () -> peer.seconds(direct));
      if (rank == Exchange.DRIVER) {
        turns.rounds().forEach(round -> parent.tell(round.first() + " " + round.second()));
        parent.tell(Long.toString(vectorBytes(exchange.traffic()) / rounds));
      }
    }
  }

  /** The driver's, both ways. */
  private static long vectorBytes(Traffic traffic) {
    return traffic.received(Direction.TO_DRIVER) + traffic.sent(Direction.FROM_DRIVER);
  }

  private double seconds(Aggregation way) throws IOException {
    long startedAt = System.nanoTime();
    way.sum(gradients, values);
    return (System.nanoTime() - startedAt) / 1e9;
  }
}
