package io.sparkswitch.jobs.gang;

import io.sparkswitch.model.exchange.Exchange;
import java.util.function.BooleanSupplier;

/**
 * The driver's side of a gang. Runs once an attempt, so it must begin from what is committed.
 *
 * @param <T> what the gang's work yields
 */
@FunctionalInterface
public interface DriverProgram<T> {

  /**
   * @param exchange connects the driver with all ranks; its size is this attempt's, which may be
   *     smaller than the one before
   * @param attempt number of the attempt, from 0
   * @throws RegroupException to end the attempt in good order and go on with another
   */
  T run(Exchange exchange, int attempt) throws Exception;

  /** How far the work has come that a later attempt need not do again; never less than before. */
  default long progress() {
    return 0;
  }

  /**
   * Called before each attempt.
   *
   * @param leaving tells, from then on, whether an executor was told to end
   */
  default void attemptBegins(BooleanSupplier leaving) {}
}
