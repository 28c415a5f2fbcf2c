package io.sparkswitch.jobs.bench;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

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
    for (int rank = 0; rank < exchange.size(); rank++) {
      Tensor into = slice(sum, rank);
      into.copy_(exchange.receive(rank, tag(Direction.TO_DRIVER), ScalarType.Float, into.numel()));
    }
    for (int rank = 0; rank < exchange.size(); rank++) {
      exchange.send(rank, tag(Direction.FROM_DRIVER), slice(sum, rank));
    }
    for (int rank = 0; rank < exchange.size(); rank++) {
      exchange.receiveBytes(rank, tag(Direction.CONTROL));
    }
  }

  private void follow(Tensor gradients, Tensor values) {
    exchange.receiveBytes(Exchange.DRIVER, tag(Direction.CONTROL));
    Tensor sum = exchange.reduceScatter(tag(Direction.REDUCE_SCATTER), gradients);
    exchange.send(Exchange.DRIVER, tag(Direction.TO_DRIVER), sum);
    Tensor mine =
        exchange.receive(
            Exchange.DRIVER, tag(Direction.FROM_DRIVER), ScalarType.Float, sum.numel());
    values.copy_(exchange.allGather(tag(Direction.ALL_GATHER), mine, values.numel()));
    exchange.sendBytes(Exchange.DRIVER, tag(Direction.CONTROL), new byte[0]);
  }

  private Tensor slice(Tensor vector, int rank) {
    long from = Exchange.sliceStart(vector.numel(), rank, exchange.size());
    long to = Exchange.sliceStart(vector.numel(), rank + 1, exchange.size());
    return vector.narrow(0, from, to - from);
  }

  private Tag tag(Direction direction) {
    return new Tag(0, step, 0, 0, direction);
  }
}
