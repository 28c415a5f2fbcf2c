package io.sparkswitch.jobs.gang;

import io.sparkswitch.model.exchange.Direction;

/** What a rank is at, as its heartbeat tells the driver. */
public enum RankPhase {
  START("its start"),
  RENDEZVOUS("the rendezvous"),
  WAITING("waiting for orders"),
  COMPUTATION("computation"),
  FORWARD_EXCHANGE("the forward exchange"),
  BACKWARD_EXCHANGE("the backward exchange"),
  GRADIENT_AGGREGATION("gradient aggregation"),
  OPTIMIZER("the optimizer"),
  PARAMETERS("taking over parameters"),
  CHECKPOINT_BEGIN("beginning a checkpoint"),
  CHECKPOINT_WRITE("writing a checkpoint"),
  CHECKPOINT_READ("reading a checkpoint"),
  END("its end");

  private final String words;

  RankPhase(String words) {
    this.words = words;
  }

  /** The phase that a message of this kind belongs to. */
  static RankPhase of(Direction direction) {
    return switch (direction) {
      case ROUTE_COUNTS, TOKEN_INDEX, DISPATCH, COMBINE -> FORWARD_EXCHANGE;
      case COMBINE_GRADIENT, DISPATCH_GRADIENT -> BACKWARD_EXCHANGE;
      case REDUCE_SCATTER, TO_DRIVER, METRICS -> GRADIENT_AGGREGATION;
      case FROM_DRIVER, ALL_GATHER -> PARAMETERS;
      case CONTROL, INTRODUCTION -> WAITING;
    };
  }

  /** As sentences name it. */
  @Override
  public String toString() {
    return words;
  }
}
