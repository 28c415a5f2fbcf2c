package io.sparkswitch.jobs.track;

import java.io.IOException;
import java.time.Clock;

/**
 * Tells all who want to know of a training's intervals: the run folder's metrics and events,
 * Spark's metrics, and a person.
 *
 * <p>Concurrency: one thread, in the driver.
 */
public final class IntervalLog implements AutoCloseable {
  private final MetricsLog metrics;
  private final EventLog events;
  private final Watch watch;

  private IntervalLog(MetricsLog metrics, EventLog events, Watch watch) {
    this.metrics = metrics;
    this.events = events;
    this.watch = watch;
  }

  /**
   * For an attempt that continues after a step.
   *
   * @param step the last step that counts; 0 starts anew
   */
  public static IntervalLog continueAfter(OutputFolder folder, Watch watch, int attempt, long step)
      throws IOException {
    MetricsLog metrics = MetricsLog.continueAfter(folder, step);
    EventLog events = EventLog.continueAfter(folder, attempt, step, Clock.systemUTC());
    return new IntervalLog(metrics, events, watch);
  }

  public void append(StepMetrics interval) throws IOException {
    metrics.append(interval);
    events.append(interval);
    watch.gauges().interval(interval);
    watch.console().interval(interval);
  }

  @Override
  public void close() throws IOException {
    try (events) {
      metrics.close();
    }
  }
}
