package io.sparkswitch.jobs.bench;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * By the exchange, call by call as driver and ranks do it in a training step.
 *
 * <p>Concurrency: one thread.
 */
final class ExchangeAggregation implements Aggregation {
  private final Exchange exchange;
  private long step;

  ExchangeAggregation(Exchange exchange) {
    this.exchange = exchange;
  }

  @Override
  public void sum(Tensor gradients, Tensor values) {
    step++;
    try (PointerScope scope = new PointerScope()) {
      if (exchange.rank() == Exchange.DRIVER) {
        drive(gradients);
      } else {
        follow(gradients, values);
      }
    }
  }

  private void drive(Tensor sum) {
    exchange.broadcast(tag(Direction.CONTROL), new byte[0]);
    exchange.gatherAtDriver(tag(Direction.TO_DRIVER), sum);
    exchange.scatterFromDriver(tag(Direction.FROM_DRIVER), sum);
    for (int rank = 0; rank < exchange.size(); rank++) {
      exchange.receiveBytes(rank, tag(Direction.CONTROL));
    }
  }

  private void follow(Tensor gradients, Tensor values) {
    exchange.receiveBytes(Exchange.DRIVER, tag(Direction.CONTROL));
    Tensor sum = exchange.reduceScatter(tag(Direction.REDUCE_SCATTER), gradients);
    exchange.gatherAtDriver(tag(Direction.TO_DRIVER), sum);
    exchange.scatterFromDriver(
        tag(Direction.FROM_DRIVER), Exchange.slice(values, exchange.rank(), exchange.size()));
    exchange.allGather(tag(Direction.ALL_GATHER), values);
    exchange.sendBytes(Exchange.DRIVER, tag(Direction.CONTROL), new byte[0]);
  }

  private Tag tag(Direction direction) {
    return new Tag(0, step, 0, 0, direction);
  }
}
