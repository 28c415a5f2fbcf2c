package io.sparkswitch.jobs.gang;

import io.sparkswitch.model.exchange.Exchange;

/**
 * The driver's side of a gang. Runs once an attempt, so it must begin from what is committed.
 *
 * @param <T> what the gang's work yields
 */
@FunctionalInterface
public interface DriverProgram<T> {

  /**
   * @param exchange connects the driver with all ranks; its size is the gang's
   * @param attempt number of the attempt, from 0
   */
  T run(Exchange exchange, int attempt) throws Exception;
}
