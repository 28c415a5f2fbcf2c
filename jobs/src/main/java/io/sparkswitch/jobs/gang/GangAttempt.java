package io.sparkswitch.jobs.gang;

import io.sparkswitch.data.pipeline.serial.HadoopSettings;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.jobs.conf.GangSettings;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.ExchangeException;
import io.sparkswitch.model.exchange.HeartbeatListener;
import io.sparkswitch.model.exchange.Member;
import io.sparkswitch.model.exchange.NettyEndpoint;
import io.sparkswitch.model.exchange.NettyEndpoint.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt: a barrier stage, the driver's program, and who listens meanwhile whether all ranks
 * are alive.
 */
final class GangAttempt {
  private static final Logger LOG = LoggerFactory.getLogger(GangAttempt.class);

  private static final String DESCRIPTION = "spark.job.description";
  private static final long END_SECONDS = 30;
  private static final long FAILURE_MILLIS = 5000;
  private static final Duration VIGIL_TELLS = Duration.ofMillis(500);

  private final Gang gang;
  private final JavaSparkContext spark;
  private final GangSettings settings;
  private final int number;
  private final int size;
  private final String group;
  private final StageWatch watch;
  private final AtomicReference<Loss> casualty = new AtomicReference<>();
  private final CountDownLatch lost = new CountDownLatch(1);
  private JavaFutureAction<List<String>> stage;
  private Set<String> gone = Set.of();

  /**
   * @param number of the attempt
   * @param size number of ranks
   */
  GangAttempt(Gang gang, int number, int size) {
    this.gang = gang;
    this.spark = gang.spark();
    this.settings = gang.settings();
    this.number = number;
    this.size = size;
    this.group = "sparkswitch-gang-" + number;
    this.watch = new StageWatch(group, new Decommissioned(spark.sc()));
  }

  /**
   * Runs to the end of the program.
   *
   * @throws LostException if another attempt may do better
   */
  <T> T run(GangTask task, DriverProgram<T> program) throws Exception {
    int retries = spark.getConf().getInt("spark.port.maxRetries", 16);
    Member driver = gang.keys().driver(number);
    spark.sc().addSparkListener(watch);
    try (NettyEndpoint endpoint = bind(retries, driver);
        HeartbeatListener beats = new HeartbeatListener(bind(retries, driver))) {
      Rendezvous rendezvous =
          new Rendezvous(
              endpoint.address(),
              gang.keys().ranks(number, size),
              gang.wire(),
              settings.startupWait(),
              retries);
      stage = start(rendezvous, new BarrierStage.Pulses(beats.address(), settings), task);
      try (StageEnd end = new StageEnd(stage, endpoint);
          Vigil vigil = new Vigil(beats, size, settings, watch, loss -> lose(loss, endpoint))) {
        gone = vigil.leaving();
        program.attemptBegins(vigil::isSomebodyLeaving);
        return run(program, endpoint, end, vigil);
      } finally {
        gone.forEach(gang::forgo);
      }
    } finally {
      spark.sc().removeSparkListener(watch);
    }
  }

  private <T> T run(DriverProgram<T> program, NettyEndpoint endpoint, StageEnd end, Vigil vigil)
      throws Exception {
    try {
      Exchange exchange = endpoint.accept(size, settings.startupWait());
      end.started();
      T result = program.run(exchange, number);
      exchange.close();
      finish();
      return result;
    } catch (ExchangeException e) {
      endpoint.close();
      throw whyEnded(e, vigil);
    } catch (Exception e) {
      endpoint.close();
      end(e);
      throw e;
    }
  }

  private NettyEndpoint bind(int retries, Member driver) {
    try {
      return Rendezvous.bind(gang.wire(), retries, driver, Limits.DEFAULT);
    } catch (ExchangeException e) {
      throw new UsageException(
          "%s (exchange.port, spark.port.maxRetries = %d)".formatted(e.getMessage(), retries), e);
    }
  }

  private JavaFutureAction<List<String>> start(
      Rendezvous rendezvous, BarrierStage.Pulses pulses, GangTask task) {
    String verb = spark.getLocalProperty(DESCRIPTION);
    String what = "attempt %d on %d executor(s)".formatted(number, size);
    spark.setJobGroup(group, verb == null ? what : verb + ": " + what, true);
    try {
      HadoopSettings hadoop = new HadoopSettings(spark.hadoopConfiguration());
      Preflight preflight = Preflight.asHere(gang.nativeBytes(size));
      return new BarrierStage(rendezvous, pulses, preflight, task, hadoop).start(spark, size);
    } finally {
      spark.clearJobGroup();
      spark.setLocalProperty(DESCRIPTION, verb);
    }
  }

  private void finish() throws InterruptedException {
    try {
      stage.get(END_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      gang.say("The work is done, but the stage did not end well: " + e.getMessage());
      spark.cancelJobGroup(group);
    }
  }

  /** The vigil's thread: says at once who was lost, and ends the driver's wait for it. */
  private void lose(Loss loss, NettyEndpoint endpoint) {
    casualty.set(loss);
    lost.countDown();
    gang.say("Lost %s.".formatted(loss.sentence()));
    if (loss.silent()) {
      loss.executor().ifPresent(gang::kill);
    }
    endpoint.close();
  }

  /** An executor that failed by itself fails the run; one that was lost ends the attempt. */
  private Exception whyEnded(ExchangeException e, Vigil vigil) throws InterruptedException {
    if (e.reason() == ExchangeException.Reason.INTERRUPTED) {
      Thread.interrupted();
      end(e);
      return new InterruptedException(e.getMessage());
    }
    boolean heard = lost.await(VIGIL_TELLS.toMillis(), TimeUnit.MILLISECONDS);
    if (heard && casualty.get().silent()) {
      end(e);
      return new LostException(casualty.get().sentence(), e);
    }
    watch.awaitFailure(FAILURE_MILLIS);
    end(e);
    watch.awaitEnds(heard ? 1 : size, FAILURE_MILLIS);
    if (casualty.get() != null) { // perhaps only now
      String spark = watch.losses().map(" (%s)"::formatted).orElse("");
      return new LostException(casualty.get().sentence() + spark, e);
    }
    Optional<StageWatch.Gone> lostToSpark = watch.gone();
    if (lostToSpark.isPresent()) {
      StageWatch.Gone told = lostToSpark.get();
      Loss loss = vigil.lossOf(told.rank(), "was lost: " + told.why());
      gang.say("Lost %s.".formatted(loss.sentence()));
      return new LostException(loss.sentence(), e);
    }
    Optional<ExceptionFailure> own = watch.ownFailure();
    if (own.isPresent()) {
      return failure(watch.nameOf(own.get()), own.get(), e);
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

  private static Exception failure(String who, ExceptionFailure failure, ExchangeException e) {
    String name = failure.className();
    if (name.equals(SharedExecutorException.class.getName())
        || name.equals(PreflightException.class.getName())) {
      return new UsageException(failure.description(), e);
    }
    if (name.equals(InputException.class.getName())) {
      return new InputException(failure.description(), e);
    }
    LOG.error("{} failed\n{}", who, failure.fullStackTrace());
    return new IllegalStateException(
        "%s failed: %s: %s".formatted(who, name, failure.description()), e);
  }

  /** Cancels what is left of the stage and waits, for a bounded time, until it is gone. */
  private void end(Throwable because) {
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
