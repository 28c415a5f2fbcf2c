package io.sparkswitch.model.exchange;

/** What a message carries; part of its {@link Tag}. The ordinal is the wire format: append only. */
public enum Direction {
  ROUTE_COUNTS,
  DISPATCH,
  COMBINE,
  COMBINE_GRADIENT,
  DISPATCH_GRADIENT,
  REDUCE_SCATTER,
  ALL_GATHER,
  TO_DRIVER,
  FROM_DRIVER,
  CONTROL,
  TOKEN_INDEX,
  INTRODUCTION,
  METRICS
}
