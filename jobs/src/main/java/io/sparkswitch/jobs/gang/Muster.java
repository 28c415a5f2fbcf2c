package io.sparkswitch.jobs.gang;

import io.sparkswitch.jobs.conf.GangSettings;
import io.sparkswitch.jobs.exit.ExecutorsLostException;
import io.sparkswitch.jobs.exit.UsageException;
import java.time.Duration;
import java.util.OptionalInt;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.immutable.Map$;

/** Counts the executors that Spark has given, and waits for those still to come. */
final class Muster {
  private static final Logger LOG = LoggerFactory.getLogger(Muster.class);

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration SETTLED = Duration.ofSeconds(2);

  /** A standalone cluster gives what it has at once: whoever has not come by then will not. */
  private static final Duration STANDALONE_GIVES_ALL = Duration.ofSeconds(20);

  private static final String LOCAL_CLUSTER = "local-cluster[";

  /** Of YARN and Kubernetes. */
  private static final int DEFAULT_INSTANCES = 2;

  private final JavaSparkContext spark;

  private final Condemned condemned;

  /**
   * @param condemned executors that do not count although Spark has them yet
   */
  Muster(JavaSparkContext spark, Condemned condemned) {
    this.spark = spark;
    this.condemned = condemned;
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
    int known = spark.sc().statusTracker().getExecutorInfos().length - 1;
    return Math.max(0, known - condemned.count());
  }

  /**
   * The size of a new gang.
   *
   * @param wanted number of executors, 0 for all that come
   * @throws UsageException at once if so many can never come, else if fewer come within {@code
   *     patience}
   */
  int gather(int wanted, Duration patience) {
    OptionalInt most = most();
    if (most.isPresent() && wanted > most.getAsInt()) {
      throw new UsageException(
          "gang.executors = %d, but Spark was asked for %d: %s, or set gang.executors to at most %d"
              .formatted(wanted, most.getAsInt(), remedy(), most.getAsInt()));
    }
    int expected = wanted > 0 ? wanted : most.orElse(1);
    Duration idle = isStandalone() ? STANDALONE_GIVES_ALL : patience;
    int seen = await(expected, patience, idle);
    if (seen < Math.max(1, wanted)) {
      throw new UsageException(
          "gang.executors = %d, but Spark has given %d, and no more for %d s: %s, or set gang.executors to at most %d"
              .formatted(
                  Math.max(1, wanted),
                  seen,
                  (seen > 0 ? idle : patience).toSeconds(),
                  remedy(),
                  Math.max(1, seen)));
    }
    return wanted > 0 ? wanted : seen;
  }

  /**
   * Waits for lost executors to be replaced.
   *
   * @param size wanted
   * @return the size to go on with: fewer if not all have come
   * @throws ExecutorsLostException if there are fewer than {@code gang.minimum-executors}
   */
  int regroup(int size, GangSettings settings) {
    Duration patience = settings.replacementWait();
    askForPlaces();
    int seen = Math.min(size, await(size, patience, patience));
    int least = settings.leastExecutors(size);
    if (seen < least) {
      throw new ExecutorsLostException(
          "only %d of %d executors are there %d s after one was lost, fewer than gang.minimum-executors = %d; the same command continues from the last checkpoint"
              .formatted(seen, size, patience.toSeconds(), least));
    }
    return seen;
  }

  /** A standalone Master that decommissions an executor looks for another one only when asked. */
  private void askForPlaces() {
    if (!isStandalone() && !spark.master().startsWith(LOCAL_CLUSTER)) {
      return;
    }
    try {
      spark.sc().requestTotalExecutors(most().orElse(Integer.MAX_VALUE), 0, Map$.MODULE$.empty());
    } catch (Exception e) { // Scala declares none
      LOG.warn("The Master was not to be asked for executors in place of those lost", e);
    }
  }

  private String remedy() {
    String master = spark.master();
    if (master.startsWith(LOCAL_CLUSTER)) {
      return "give a master with more executors (-- --master 'local-cluster[EXECUTORS,1,1536]')";
    }
    return isStandalone()
        ? "start more workers, or let each run more executors (spark.executor.cores, spark.cores.max)"
        : "ask for more executors (--num-executors)";
  }

  private boolean isStandalone() {
    return spark.master().startsWith("spark://");
  }

  /** How many executors Spark was asked for; empty where only the cluster's size tells. */
  private OptionalInt most() {
    String master = spark.master();
    if (isLocal()) {
      return OptionalInt.of(1);
    }
    if (master.startsWith(LOCAL_CLUSTER)) {
      String count = master.substring(LOCAL_CLUSTER.length(), master.indexOf(','));
      return OptionalInt.of(Integer.parseInt(count.strip()));
    }
    if (isStandalone()) {
      int cores = spark.getConf().getInt("spark.executor.cores", 0);
      int all = spark.getConf().getInt("spark.cores.max", 0);
      return cores > 0 && all > 0 ? OptionalInt.of(all / cores) : OptionalInt.empty();
    }
    return OptionalInt.of(spark.getConf().getInt("spark.executor.instances", DEFAULT_INSTANCES));
  }

  /**
   * Waits until {@code expected} are there, then until no more come; gives up when some are there
   * and no other has come for {@code idle}.
   */
  private int await(int expected, Duration patience, Duration idle) {
    long deadline = System.nanoTime() + patience.toNanos();
    int seen = present();
    long since = System.nanoTime();
    while (System.nanoTime() < deadline) {
      int now = present();
      if (now != seen) {
        seen = now;
        since = System.nanoTime();
      }
      long unchanged = System.nanoTime() - since;
      boolean settled = seen == most().orElse(-1) || unchanged > SETTLED.toNanos();
      boolean givesNoMore = seen > 0 && unchanged > idle.toNanos();
      if (seen >= expected && settled || givesNoMore) {
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
