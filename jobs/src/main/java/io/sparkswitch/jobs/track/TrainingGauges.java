package io.sparkswitch.jobs.track;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a training stands, for whoever asks at any time.
 *
 * <p>Concurrency: any thread.
 */
public final class TrainingGauges {
  static final String CHECKPOINT_AGE = "checkpointAgeSeconds";

  /** What can be asked for; the names are those of the log. */
  static final List<String> NAMES =
      List.of(
          "step",
          "loss",
          "auxiliaryLoss",
          "validationLoss",
          "learningRate",
          "tokensPerSecond",
          "secondsPerStep",
          "exchangeSecondsPerStep",
          "shareOfGemmPeak",
          "fractionTokensLeftBehind",
          "loadImbalance",
          CHECKPOINT_AGE);

  private final Clock clock;
  private volatile Map<String, Double> values = Map.of();
  private volatile Instant committedAt;

  public TrainingGauges(Clock clock) {
    this.clock = clock;
  }

  /** Takes over an interval that has ended; a validation loss stays until there is another. */
  public void interval(StepMetrics metrics) {
    Map<String, Double> next = new LinkedHashMap<>(metrics.scalars());
    next.put("step", (double) metrics.step());
    if (values.containsKey("validationLoss")) {
      next.putIfAbsent("validationLoss", values.get("validationLoss"));
    }
    values = next;
  }

  /** There is a checkpoint. */
  public void checkpoint(Instant committed) {
    committedAt = committed;
  }

  /** The value of one of {@link #NAMES}; NaN while there is none. */
  double value(String name) {
    if (!name.equals(CHECKPOINT_AGE)) {
      return values.getOrDefault(name, Double.NaN);
    }
    Instant committed = committedAt;
    return committed == null
        ? Double.NaN
        : Duration.between(committed, clock.instant()).toMillis() / 1000.0;
  }
}
