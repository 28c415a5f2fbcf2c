package io.sparkswitch.jobs;

import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.track.MetricsPlugin;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import scala.Tuple2;

/**
 * What a verb needs of Spark, set here and not by the launcher, so that a plain {@code
 * spark-submit} works the same. What the user has set wins, except where a gang could not work.
 */
final class SparkSetup {
  static final String SECRET_VARIABLE = "_SPARK_AUTH_SECRET";

  private static final String DYNAMIC_ALLOCATION = "spark.dynamicAllocation.enabled";
  private static final String REGISTRATOR = "spark.kryo.registrator";
  private static final String EXECUTOR_ENVIRONMENT = "spark.executorEnv.";
  private static final String HADOOP = "spark.hadoop.";

  /**
   * glibc gives large tensors back to the system and faults them in again, in small pages, unless
   * told not to. libtorch's threads and OpenBLAS's own each spin while the others work, unless told
   * to give up soon.
   */
  private static final Map<String, String> NATIVE =
      Map.of(
          "GLIBC_TUNABLES", "glibc.malloc.hugetlb=1",
          "OPENBLAS_THREAD_TIMEOUT", "4",
          "GOMP_SPINCOUNT", "2000",
          "MALLOC_MMAP_MAX_", "0",
          "MALLOC_TRIM_THRESHOLD_", "8589934592",
          "MALLOC_ARENA_MAX", "1",
          "MALLOC_TOP_PAD_", "67108864");

  /** Executors that YARN and Kubernetes let fail before they end the application. */
  private static final String FAILURES = "spark.executor.maxNumFailures";

  private static final String OLD_FAILURES = "spark.yarn.max.executor.failures";

  /**
   * By these Spark would give up, or do without a machine, where a gang goes on from its last
   * checkpoint; {@code gang.max-attempts} is the limit instead. The first one is read by the
   * Master: a standalone cluster's own configuration has to say it.
   */
  private static final Map<String, String> LIMITS =
      Map.of(
          "spark.deploy.maxExecutorRetries", "-1",
          "spark.excludeOnFailure.enabled", "false");

  /** Spark has this sink, but does not use it by itself. */
  private static final Map<String, String> PROMETHEUS =
      Map.of(
          "spark.metrics.conf.*.sink.prometheusServlet.class",
          "org.apache.spark.metrics.sink.PrometheusServlet",
          "spark.metrics.conf.*.sink.prometheusServlet.path",
          "/metrics/prometheus");

  private SparkSetup() {}

  /** What executors find in their environment, for processes that stand for them. */
  static Map<String, String> nativeEnvironment() {
    return NATIVE;
  }

  /** Completes a configuration for any verb. */
  static void common(SparkConf conf, String verb, Map<String, String> environment) {
    conf.setIfMissing("spark.master", "local[*]");
    conf.setIfMissing("spark.app.name", "sparkswitch " + verb);
    if (conf.get("spark.master").startsWith("local")) {
      conf.setIfMissing("spark.ui.enabled", "false");
    }
    conf.setIfMissing("spark.serializer", "org.apache.spark.serializer.KryoSerializer");
    add(conf, REGISTRATOR, SparkswitchKryoRegistrator.class);
    copySecret(conf, environment);
  }

  /** Adds our class to those that the user names. */
  private static void add(SparkConf conf, String key, Class<?> ours) {
    String all =
        Stream.concat(Arrays.stream(conf.get(key, "").split(",")), Stream.of(ours.getName()))
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .distinct()
            .reduce((a, b) -> a + "," + b)
            .orElseThrow();
    conf.set(key, all);
  }

  /**
   * Completes a configuration for a verb whose executors train together.
   *
   * @param threads an executor computes with
   * @param say takes sentences for the user
   * @throws UsageException if dynamic allocation is explicitly asked for
   */
  static void gang(SparkConf conf, int threads, Consumer<String> say) {
    if (conf.getBoolean(DYNAMIC_ALLOCATION, false)) {
      throw new UsageException(
          DYNAMIC_ALLOCATION
              + " = true is not allowed: executors that train together hold parts of one model and"
              + " must stay from start to end. Remove it, and give --num-executors instead");
    }
    conf.set(DYNAMIC_ALLOCATION, "false");
    say.accept("Dynamic allocation is off: the executors train together from start to end.");
    if (!conf.contains(OLD_FAILURES)) {
      conf.setIfMissing(FAILURES, Integer.toString(Integer.MAX_VALUE));
    }
    LIMITS.forEach(conf::setIfMissing);
    // The first look may find no executor yet; Spark's default is to look again after 15 s.
    conf.setIfMissing("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s");
    add(conf, "spark.plugins", MetricsPlugin.class);
    PROMETHEUS.forEach(conf::setIfMissing);
    environment(conf, "OMP_NUM_THREADS", Integer.toString(threads));
    environment(conf, "OPENBLAS_NUM_THREADS", Integer.toString(threads));
    NATIVE.forEach((name, value) -> environment(conf, name, value));
  }

  /** The Hadoop configuration that the context will have, before there is one. */
  static Configuration hadoop(SparkConf conf) {
    Configuration hadoop = new Configuration();
    for (Tuple2<String, String> entry : conf.getAllWithPrefix(HADOOP)) {
      hadoop.set(entry._1(), entry._2());
    }
    return hadoop;
  }

  private static void environment(SparkConf conf, String name, String value) {
    conf.setIfMissing(EXECUTOR_ENVIRONMENT + name, value);
  }

  /** In cluster deploy mode the driver finds Spark's secret in its environment only. */
  private static void copySecret(SparkConf conf, Map<String, String> environment) {
    String secret = environment.get(SECRET_VARIABLE);
    if (secret != null && conf.getBoolean("spark.authenticate", false)) {
      conf.setIfMissing("spark.authenticate.secret", secret);
    }
  }
}
