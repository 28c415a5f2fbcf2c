package io.sparkswitch.jobs.gang;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.util.SignalUtils;

/**
 * An executor that was told to end, by SIGTERM or, as Kubernetes decommissions one, by SIGPWR: its
 * heartbeat says so, and it stays for a moment so that the driver can write a checkpoint and end
 * the attempt in good order.
 *
 * <p>Concurrency: Java's shutdown thread waits; ranks come and go in theirs.
 */
final class Departure {
  /** Standalone workers and Kubernetes' default kill later than this. */
  private static final Duration GRACE = Duration.ofSeconds(8);

  /** Before Spark's own hook, which ends tasks. */
  private static final int BEFORE_SPARK = 100;

  /** Spark's id of the driver as an executor, in local mode. */
  private static final String DRIVER = "driver";

  private static final String DECOMMISSION_SIGNAL = "spark.executor.decommission.signal";

  /** With it Spark ends the executor once its tasks are done. */
  private static final String SPARK_DECOMMISSIONS = "spark.decommission.enabled";

  /** What a shell shows of a process that SIGTERM ended. */
  private static final int TERMINATED = 143;

  private static final AtomicInteger AT_WORK = new AtomicInteger();
  private static volatile boolean announced;
  private static boolean hooked;

  private Departure() {}

  static boolean isAnnounced() {
    return announced;
  }

  /** A rank begins; from now on a request to end is announced first. */
  static synchronized void rankBegins() {
    AT_WORK.incrementAndGet();
    boolean isDriver = SparkEnv.get().executorId().equals(DRIVER);
    if (!hooked && !isDriver) {
      hooked = true;
      ShutdownHookManager.get()
          .addShutdownHook(Departure::leave, BEFORE_SPARK, GRACE.toSeconds() + 1, TimeUnit.SECONDS);
      hearDecommission();
    }
  }

  /** Beside Spark's own handler, where there is one. */
  private static void hearDecommission() {
    SparkConf conf = SparkEnv.get().conf();
    boolean sparkEnds = conf.getBoolean(SPARK_DECOMMISSIONS, false);
    SignalUtils.register(
        conf.get(DECOMMISSION_SIGNAL, "PWR"),
        () -> {
          announced = true;
          Thread exit = new Thread(() -> exit(sparkEnds), "sparkswitch-departure");
          exit.setDaemon(true);
          exit.start();
          return true;
        });
  }

  /** Ends this process, once its rank has ended; Spark, if it does so itself, is given time to. */
  private static void exit(boolean sparkEnds) {
    while (sparkEnds && AT_WORK.get() > 0) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    if (sparkEnds) {
      LockSupport.parkNanos(GRACE.toNanos());
    }
    Runtime.getRuntime().exit(TERMINATED);
  }

  static void rankEnded() {
    AT_WORK.decrementAndGet();
  }

  private static void leave() {
    announced = true;
    long deadline = System.nanoTime() + GRACE.toNanos();
    while (AT_WORK.get() > 0 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }
}
