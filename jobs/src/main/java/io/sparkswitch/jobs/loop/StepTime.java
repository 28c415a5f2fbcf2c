package io.sparkswitch.jobs.loop;

import io.sparkswitch.model.exchange.PlannedTraffic;

/**
 * Seconds of a step, from rates that somebody else has measured, if nothing overlaps and routing is
 * balanced.
 *
 * @param computation of the busiest executor
 * @param executorWire what it sends, or receives, whichever is more
 * @param driverWire the same of the driver
 */
public record StepTime(double computation, double executorWire, double driverWire) {
  private static final double GIGA = 1e9;

  /**
   * What has been measured elsewhere.
   *
   * @param gflops 1e9 floating point operations a second of an executor
   * @param gigabytesPerSecond 1e9 bytes a second into and, at once, out of a machine
   */
  public record Rates(double gflops, double gigabytesPerSecond) {}

  /**
   * @param flops of the busiest executor in the whole step
   */
  static StepTime of(StepWireSummary wire, long flops, Rates rates) {
    return new StepTime(
        flops / (GIGA * rates.gflops),
        seconds(wire.balanced(), rates.gigabytesPerSecond),
        seconds(wire.driver(), rates.gigabytesPerSecond));
  }

  private static double seconds(PlannedTraffic traffic, double gigabytesPerSecond) {
    long bytes = Math.max(traffic.sent().framed(), traffic.received().framed());
    return bytes / (GIGA * gigabytesPerSecond);
  }

  double total() {
    return computation + executorWire + driverWire;
  }
}
