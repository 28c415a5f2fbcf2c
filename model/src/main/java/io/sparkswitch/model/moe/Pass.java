package io.sparkswitch.model.moe;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.tensor.Tape;

/**
 * One walk of a batch through a model.
 *
 * @param tape records it for backward, or not
 * @param exchange moves tokens to the experts
 * @param position attempt, step and micro-batch of its messages
 * @param rule how tokens are routed
 * @param draws its random numbers
 * @param seen collects what is reported
 */
public record Pass(
    Tape tape, Exchange exchange, Tag position, RoutingRule rule, Draws draws, Observations seen) {

  /** A walk that trains nothing: no noise, no losses of the router. */
  public static Pass inference(Exchange exchange, Tag position, RoutingRule rule) {
    return new Pass(Tape.inference(), exchange, position, rule, Draws.none(), new Observations());
  }

  Tag tag(int layer, Direction direction) {
    return new Tag(position.attempt(), position.step(), position.microBatch(), layer, direction);
  }
}
