package io.sparkswitch.jobs.gang;

import io.sparkswitch.data.pipeline.HadoopSettings;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.jobs.conf.ExchangeSettings;
import io.sparkswitch.jobs.conf.GangSettings;
import io.sparkswitch.jobs.exit.ExecutorsLostException;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.ExchangeException;
import io.sparkswitch.model.exchange.NettyEndpoint;
import io.sparkswitch.model.tensor.Natives;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executors that work together from start to end, and their supervision. Spark never retries a
 * barrier stage that yields results, so the driver does: an attempt that loses an executor ends,
 * the lost one is waited for, and the next attempt begins from the last checkpoint.
 */
public final class Gang {
  private static final Logger LOG = LoggerFactory.getLogger(Gang.class);

  private static final long END_SECONDS = 30;
  private static final long FAILURE_MILLIS = 5000;

  private final JavaSparkContext spark;
  private final GangSettings settings;
  private final ExchangeSettings wire;
  private final Consumer<String> say;
  private final AttemptKeys.OfRun keys;
  private final Muster muster;
  private final int size;

  /**
   * Waits for the executors.
   *
   * @throws UsageException if there are too few
   */
  public Gang(
      JavaSparkContext spark, GangSettings settings, ExchangeSettings wire, Consumer<String> say) {
    this.spark = spark;
    this.settings = settings;
    this.wire = wire;
    this.say = say;
    WireEncryption encryption = WireEncryption.of(wire.encryption(), spark.getConf());
    this.keys = encryption.on() ? AttemptKeys.OfRun.encrypted() : AttemptKeys.OfRun.plain();
    this.muster = new Muster(spark);
    this.size = muster.gather(settings.executors(), settings.startupWait());
    say.accept(encryption.sentence());
  }

  /** Number of executors. */
  public int size() {
    return size;
  }

  /** Numbers for attempts, each used once. */
  @FunctionalInterface
  public interface Attempts {
    int next() throws IOException;
  }

  /** As the other, with attempts numbered from 0: for what leaves nothing under their numbers. */
  public <T> T run(GangTask task, DriverProgram<T> program) throws Exception {
    return run(task, program, new AtomicInteger()::getAndIncrement);
  }

  /**
   * Runs {@code task} on every executor and {@code program} here, anew after a loss.
   *
   * @param attempts numbers that no attempt had before whose files could be met
   * @throws ExecutorsLostException when the attempts are used up, or a lost executor stays away
   */
  public <T> T run(GangTask task, DriverProgram<T> program, Attempts attempts) throws Exception {
    Natives.load();
    StageWatch watch = new StageWatch();
    spark.sc().addSparkListener(watch);
    try {
      for (int tried = 1; ; tried++) {
        watch.clear();
        int attempt = attempts.next();
        try {
          return attempt(task, program, attempt, watch);
        } catch (LostException lost) {
          if (tried >= settings.maxAttempts()) {
            throw new ExecutorsLostException(
                "gave up after %d attempts (gang.max-attempts); the last one ended because: %s"
                    .formatted(tried, lost.getMessage()),
                lost);
          }
          say.accept(
              "Attempt %d ended: %s. Waiting for %d executors, then continuing from the last checkpoint."
                  .formatted(attempt, lost.getMessage(), size));
          muster.replace(size, settings.replacementWait());
        }
      }
    } finally {
      spark.sc().removeSparkListener(watch);
    }
  }

  private static final class LostException extends Exception {
    private static final long serialVersionUID = 1L;

    LostException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private <T> T attempt(GangTask task, DriverProgram<T> program, int attempt, StageWatch watch)
      throws Exception {
    int retries = spark.getConf().getInt("spark.port.maxRetries", 16);
    String group = "sparkswitch-gang-" + attempt;
    try (NettyEndpoint endpoint = Rendezvous.bind(wire, retries, keys.driver(attempt))) {
      Rendezvous rendezvous =
          new Rendezvous(
              endpoint.address(), keys.ranks(attempt, size), wire, settings.startupWait(), retries);
      spark.setJobGroup(group, "gang of %d, attempt %d".formatted(size, attempt), true);
      JavaFutureAction<List<String>> stage;
      try {
        HadoopSettings hadoop = new HadoopSettings(spark.hadoopConfiguration());
        stage = new BarrierStage(rendezvous, task, hadoop).start(spark, size);
      } finally {
        spark.clearJobGroup();
      }
      T result;
      try (StageEnd end = new StageEnd(stage, endpoint)) {
        Exchange exchange = endpoint.accept(size, settings.startupWait());
        end.started();
        result = program.run(exchange, attempt);
        exchange.close();
      } catch (ExchangeException e) {
        endpoint.close();
        throw whyEnded(stage, group, watch, e);
      } catch (Exception e) {
        endpoint.close();
        end(stage, group, e);
        throw e;
      }
      try {
        stage.get(END_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        say.accept("The work is done, but the stage did not end well: " + e.getMessage());
        spark.cancelJobGroup(group);
      }
      return result;
    }
  }

  /** An executor that failed by itself fails the run; one that was lost ends the attempt. */
  private Exception whyEnded(
      JavaFutureAction<List<String>> stage, String group, StageWatch watch, ExchangeException e)
      throws InterruptedException {
    if (e.reason() == ExchangeException.Reason.INTERRUPTED) {
      Thread.interrupted();
      end(stage, group, e);
      return new InterruptedException(e.getMessage());
    }
    watch.awaitFailure(FAILURE_MILLIS);
    end(stage, group, e);
    watch.awaitEnds(size, FAILURE_MILLIS);
    Optional<ExceptionFailure> own = watch.ownFailure();
    if (own.isPresent()) {
      return failure(own.get(), e);
    }
    String knob =
        e.reason() == ExchangeException.Reason.TIMED_OUT
            ? "; exchange.driver-time-out says how long a message may take"
            : "";
    String why = watch.losses().orElseGet(() -> stageFailure(e));
    return new LostException("%s (%s%s)".formatted(why, e.getMessage(), knob), e);
  }

  /** What ended the stage where no task says so. */
  private static String stageFailure(ExchangeException e) {
    for (Throwable suppressed : e.getSuppressed()) {
      if (suppressed instanceof ExecutionException stage) {
        return String.valueOf(stage.getMessage()).lines().findFirst().orElse("the stage failed");
      }
    }
    return "a connection ended";
  }

  private static Exception failure(ExceptionFailure failure, ExchangeException e) {
    String name = failure.className();
    if (name.equals(SharedExecutorException.class.getName())) {
      return new UsageException(failure.description(), e);
    }
    if (name.equals(InputException.class.getName())) {
      return new InputException(failure.description(), e);
    }
    LOG.error("an executor failed\n{}", failure.fullStackTrace());
    return new IllegalStateException(
        "an executor failed: %s: %s".formatted(name, failure.description()), e);
  }

  /** Cancels what is left of the stage and waits, for a bounded time, until it is gone. */
  private void end(JavaFutureAction<List<String>> stage, String group, Throwable because) {
    spark.cancelJobGroup(group);
    try {
      stage.get(END_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      because.addSuppressed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
