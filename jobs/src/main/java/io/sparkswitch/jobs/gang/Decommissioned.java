package io.sparkswitch.jobs.gang;

import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.spark.SparkContext;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Executors that Spark is about to do without, as its scheduler knows. Those of them that got no
 * signal do not know it themselves; Spark's public API tells nobody (docs/decisions).
 *
 * @param spark asked for each executor anew
 */
record Decommissioned(SparkContext spark) implements Predicate<String> {
  @Override
  public boolean test(String executor) {
    var scheduler = spark.taskScheduler();
    // There is none any more when Spark has been stopped.
    return scheduler != null && scheduler.getExecutorDecommissionState(executor).isDefined();
  }

  /** All that Spark still counts. */
  Set<String> all() {
    return CollectionConverters.asJava(spark.getExecutorIds()).stream()
        .filter(this)
        .collect(Collectors.toSet());
  }
}
