package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.loop.ReckonedRows.Supposition;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.PlannedTraffic;
import java.util.List;

/**
 * What is told of a step's messages.
 *
 * @param rank the executor that moves most where routing is balanced
 * @param balanced its messages then
 * @param most its messages where each direction carries as much as any routing could make it
 * @param driver the driver's
 */
record StepWireSummary(
    int rank, PlannedTraffic balanced, PlannedTraffic most, PlannedTraffic driver) {
  private static final List<Direction> OF_TOKENS =
      List.of(
          Direction.ROUTE_COUNTS,
          Direction.DISPATCH,
          Direction.TOKEN_INDEX,
          Direction.COMBINE,
          Direction.COMBINE_GRADIENT,
          Direction.DISPATCH_GRADIENT);

  static StepWireSummary of(StepPlan step) {
    StepWire wire = step.wire();
    int rank = wire.busiest();
    return new StepWireSummary(
        rank,
        wire.executor(rank, step.rows(Supposition.BALANCED)),
        wire.executor(rank, step.rows(Supposition.MOST)),
        wire.driver());
  }

  /** Bytes that an executor sends of gradients and parameters. */
  static long denseSent(PlannedTraffic executor) {
    return executor.sent(Direction.REDUCE_SCATTER).bytes()
        + executor.sent(Direction.TO_DRIVER).bytes()
        + executor.sent(Direction.ALL_GATHER).bytes();
  }

  /** Bytes for rows of tokens and what must be known of them. */
  static long tokensSent(PlannedTraffic traffic) {
    return OF_TOKENS.stream().mapToLong(d -> traffic.sent(d).bytes()).sum();
  }

  /** Bytes for rows of tokens and what must be known of them. */
  static long tokensReceived(PlannedTraffic traffic) {
    return OF_TOKENS.stream().mapToLong(d -> traffic.received(d).bytes()).sum();
  }
}
