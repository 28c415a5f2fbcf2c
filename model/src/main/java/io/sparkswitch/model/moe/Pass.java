package io.sparkswitch.model.moe;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Tape;
import java.util.List;

/**
 * One walk of a batch through a model.
 *
 * @param tape records it for backward, or not
 * @param exchange moves tokens to the experts
 * @param position attempt, step and micro-batch of its messages
 * @param rule how tokens are routed
 * @param noise its draws
 * @param dropoutRate 0 outside training
 * @param metrics collects what the sparse layers did
 */
public record Pass(
    Tape tape,
    Exchange exchange,
    Tag position,
    RoutingRule rule,
    Noise noise,
    double dropoutRate,
    List<LayerMetrics> metrics) {

  Tag tag(int layer, Direction direction) {
    return new Tag(position.attempt(), position.step(), position.microBatch(), layer, direction);
  }
}
