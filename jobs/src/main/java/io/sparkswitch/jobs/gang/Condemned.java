package io.sparkswitch.jobs.gang;

import java.util.HashSet;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.immutable.Map$;

/**
 * Executors that are to end, but which Spark still counts.
 *
 * <p>Concurrency: any thread.
 */
final class Condemned extends SparkListener {
  private static final Logger LOG = LoggerFactory.getLogger(Condemned.class);

  private final JavaSparkContext spark;
  private final Set<String> executors = new HashSet<>();
  private final Set<String> gone = new HashSet<>();

  Condemned(JavaSparkContext spark) {
    this.spark = spark;
  }

  synchronized int count() {
    Set<String> all = new HashSet<>(executors);
    all.addAll(new Decommissioned(spark.sc()).all());
    return all.size();
  }

  /** One that ends by itself, unless it has ended already. */
  synchronized void add(String executor) {
    if (!gone.contains(executor)) {
      executors.add(executor);
    }
  }

  @Override
  public synchronized void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    executors.remove(removed.executorId());
    gone.add(removed.executorId()); // Spark gives no number twice
  }

  /**
   * Has Spark kill an executor and start another in its place.
   *
   * @param present executors there are, this one included
   * @return whether Spark will
   */
  boolean kill(String executor, int present) {
    if (spark.isLocal()) {
      return false;
    }
    // Killing lowers the number of executors that the cluster manager keeps up: raise it first.
    spark.sc().requestTotalExecutors(present + 1, 0, Map$.MODULE$.empty());
    boolean accepted = spark.sc().killExecutor(executor);
    if (accepted) {
      add(executor);
    } else {
      LOG.warn("Spark did not kill executor {}", executor);
    }
    return accepted;
  }
}
