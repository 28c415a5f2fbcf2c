package io.sparkswitch.jobs.gang;

import io.sparkswitch.jobs.exit.ExecutorsLostException;
import io.sparkswitch.jobs.exit.UsageException;
import java.time.Duration;
import org.apache.spark.api.java.JavaSparkContext;

/** Counts the executors that Spark has given, and waits for those still to come. */
final class Muster {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration SETTLED = Duration.ofSeconds(2);

  private final JavaSparkContext spark;

  Muster(JavaSparkContext spark) {
    this.spark = spark;
  }

  /** In local mode the driver is its own, only executor. */
  private boolean isLocal() {
    return spark.isLocal();
  }

  int present() {
    if (isLocal()) {
      return 1;
    }
    // The driver's own block manager is listed with the executors.
    return spark.sc().statusTracker().getExecutorInfos().length - 1;
  }

  /**
   * The size of a new gang.
   *
   * @param wanted number of executors, 0 for all that come
   * @throws UsageException if fewer come within {@code patience}
   */
  int gather(int wanted, Duration patience) {
    if (isLocal() && wanted > 1) {
      throw tooFew(1, wanted, Duration.ZERO);
    }
    int expected = wanted > 0 ? wanted : announced();
    int seen = await(expected, patience);
    if (seen < Math.max(1, wanted)) {
      throw tooFew(seen, Math.max(1, wanted), patience);
    }
    return wanted > 0 ? wanted : seen;
  }

  /** Waits for lost executors to be replaced. */
  void replace(int size, Duration patience) {
    int seen = await(size, patience);
    if (seen < size) {
      throw new ExecutorsLostException(
          "only %d of %d executors are there %d s after one was lost; the same command continues from the last checkpoint"
              .formatted(seen, size, patience.toSeconds()));
    }
  }

  private static UsageException tooFew(int seen, int wanted, Duration patience) {
    return new UsageException(
        "gang.executors = %d, but Spark has given %d within %d s: ask for more executors (--num-executors), or set gang.executors to at most %d"
            .formatted(wanted, seen, patience.toSeconds(), Math.max(1, seen)));
  }

  /** How many executors were asked of Spark; 1 if nobody said. */
  private int announced() {
    String master = spark.master();
    if (master.startsWith("local-cluster[")) {
      String count = master.substring(master.indexOf('[') + 1, master.indexOf(','));
      return Integer.parseInt(count.strip());
    }
    int cores = spark.getConf().getInt("spark.executor.cores", 0);
    if (master.startsWith("spark://") && cores > 0) {
      return Math.max(1, spark.getConf().getInt("spark.cores.max", 1) / cores);
    }
    return spark.getConf().getInt("spark.executor.instances", 1);
  }

  /** Waits until {@code expected} are there, then until no more come. */
  private int await(int expected, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    int seen = present();
    long since = System.nanoTime();
    while (System.nanoTime() < deadline) {
      int now = present();
      if (now != seen) {
        seen = now;
        since = System.nanoTime();
      }
      boolean settled = isLocal() || System.nanoTime() - since > SETTLED.toNanos();
      if (seen >= expected && settled) {
        break;
      }
      pause();
    }
    return seen;
  }

  private static void pause() {
    try {
      Thread.sleep(POLL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExecutorsLostException("interrupted while waiting for executors", e);
    }
  }
}
