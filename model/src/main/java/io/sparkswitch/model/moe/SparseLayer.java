package io.sparkswitch.model.moe;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.PlannedTraffic;

/**
 * A sparse layer as far as it costs anything.
 *
 * @param name as in {@link LayerMetrics}
 * @param experts number of experts
 * @param embed width of what an expert takes
 * @param outputs width of what it returns
 * @param expertWeights entries of one expert's matrices, each of which multiplies a row once
 */
public record SparseLayer(String name, int experts, int embed, int outputs, long expertWeights) {

  /**
   * How rows travel.
   *
   * @param entryBytes of one entry of a row
   * @param withTokenIndex whether the global index of each row's token goes with it, as dropout
   *     inside experts asks
   */
  public record Travel(long entryBytes, boolean withTokenIndex) {}

  /**
   * Adds what one training pass of the layer moves, forward and backward: the twin of {@link
   * SwitchLayer#apply}.
   *
   * @param sendRows rows for the experts of each rank
   * @param receiveRows rows from each rank for the experts of this one
   */
  public void train(PlannedTraffic traffic, Travel travel, long[] sendRows, long[] receiveRows) {
    if (traffic.size() == 1) {
      return;
    }
    long in = travel.entryBytes() * embed;
    long out = travel.entryBytes() * outputs;
    traffic.counts(Direction.ROUTE_COUNTS, (experts + traffic.size() - 1) / traffic.size());
    traffic.allToAll(Direction.DISPATCH, in, sendRows, receiveRows);
    if (travel.withTokenIndex()) {
      traffic.allToAll(Direction.TOKEN_INDEX, Long.BYTES, sendRows, receiveRows);
    }
    traffic.allToAll(Direction.COMBINE, out, receiveRows, sendRows);
    traffic.allToAll(Direction.COMBINE_GRADIENT, out, sendRows, receiveRows);
    traffic.allToAll(Direction.DISPATCH_GRADIENT, in, receiveRows, sendRows);
  }
}
