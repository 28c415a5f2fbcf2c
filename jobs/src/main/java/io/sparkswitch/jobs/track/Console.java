package io.sparkswitch.jobs.track;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;

/**
 * What a person sees of a training: one line an interval. The time left is estimated from the
 * intervals after the first, which also pays for loading libraries and warming up.
 *
 * <p>Concurrency: one thread.
 */
public final class Console {
  private final PrintWriter out;
  private final Clock clock;
  private final long lastStep;
  private long measuredFromStep = -1;
  private java.time.Instant measuredFrom;

  /**
   * @param lastStep number of steps of the whole run
   */
  public Console(PrintWriter out, long lastStep, Clock clock) {
    if (lastStep <= 0) {
      throw new IllegalArgumentException("a run of %d steps has no lines".formatted(lastStep));
    }
    this.out = out;
    this.lastStep = lastStep;
    this.clock = clock;
  }

  /** Prints an interval that has just ended. */
  public void interval(StepMetrics metrics) {
    StringBuilder line = new StringBuilder();
    int width = Long.toString(lastStep).length();
    line.append(("step %" + width + "d/%d").formatted(metrics.step(), lastStep));
    line.append(text("  loss %.4f", metrics.loss()));
    metrics.validationLoss().ifPresent(loss -> line.append(text("  validation %.4f", loss)));
    line.append(text("  learning rate %.3g", metrics.learningRate()));
    line.append(text("  %,.0f tokens/s", metrics.throughput().tokensPerSecond()));
    StepMetrics.Throughput speed = metrics.throughput();
    share(line, "GEMM peak", speed.shareOfGemmPeak());
    share(line, "exchange", speed.exchangeSecondsPerStep() / speed.secondsPerStep());
    metrics
        .fractionTokensLeftBehind()
        .ifPresent(share -> line.append(text("  dropped %.2f %%", 100 * share)));
    metrics.loadImbalance().ifPresent(most -> line.append(text("  imbalance %.2f", most)));
    line.append(timeLeft(metrics.step()));
    out.println(line);
    out.flush();
  }

  /** Prints a sentence of its own line, such as a warning. */
  public void say(String sentence) {
    out.println(sentence);
    out.flush();
  }

  private static void share(StringBuilder line, String of, double share) {
    if (Double.isFinite(share)) {
      line.append(text("  " + of + " %.0f %%", 100 * share));
    }
  }

  private String timeLeft(long step) {
    if (step >= lastStep) {
      return "";
    }
    if (measuredFromStep < 0 || step <= measuredFromStep) {
      measuredFromStep = step;
      measuredFrom = clock.instant();
      return "";
    }
    double spent = Duration.between(measuredFrom, clock.instant()).toMillis();
    double left = spent / (step - measuredFromStep) * (lastStep - step);
    return "  ETA " + duration(Duration.ofMillis(Math.round(left)));
  }

  /** For a person: {@code 45 s}, {@code 3 min 05 s}, {@code 2 h 07 min}, {@code 3 d 04 h}. */
  public static String duration(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 60) {
      return seconds + " s";
    } else if (seconds < 3600) {
      return "%d min %02d s".formatted(seconds / 60, seconds % 60);
    } else if (seconds < 86_400) {
      return "%d h %02d min".formatted(seconds / 3600, seconds % 3600 / 60);
    }
    return "%d d %02d h".formatted(seconds / 86_400, seconds % 86_400 / 3600);
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
