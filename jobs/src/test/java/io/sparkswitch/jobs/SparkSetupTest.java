package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.jobs.exit.ExitCode;
import io.sparkswitch.jobs.exit.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class SparkSetupTest {
  private final SparkConf conf = new SparkConf(false);
  private final List<String> said = new ArrayList<>();

  @Test
  void plainSubmitGetsWhatCorrectnessNeeds() {
    SparkSetup.common(conf, "prepare", Map.of());

    assertThat(conf.get("spark.serializer")).endsWith("KryoSerializer");
    assertThat(conf.get("spark.kryo.registrator"))
        .isEqualTo("io.sparkswitch.jobs.SparkswitchKryoRegistrator");
    assertThat(conf.get("spark.ui.enabled")).isEqualTo("false");
    assertThat(conf.contains("spark.kryo.registrationRequired")).isFalse();
  }

  @Test
  void whatTheUserSetStays() {
    conf.set("spark.ui.enabled", "true").set("spark.kryo.registrator", "org.example.Theirs");
    conf.set("spark.executorEnv.OMP_NUM_THREADS", "7");

    SparkSetup.common(conf, "prepare", Map.of());
    SparkSetup.gang(conf, 1, said::add);

    assertThat(conf.get("spark.ui.enabled")).isEqualTo("true");
    assertThat(conf.get("spark.executorEnv.OMP_NUM_THREADS")).isEqualTo("7");
    assertThat(conf.get("spark.kryo.registrator"))
        .isEqualTo("org.example.Theirs,io.sparkswitch.jobs.SparkswitchKryoRegistrator");
  }

  @Test
  void theUiIsSparksOwnMatterOnACluster() {
    conf.set("spark.master", "yarn");

    SparkSetup.common(conf, "prepare", Map.of());

    assertThat(conf.contains("spark.ui.enabled")).isFalse();
  }

  @Test
  void trainingsShowTheirMetricsBesideOtherPlugins() {
    conf.set("spark.plugins", "org.example.Theirs");
    conf.set("spark.metrics.conf.*.sink.prometheusServlet.path", "/theirs");

    SparkSetup.gang(conf, 1, said::add);

    assertThat(conf.get("spark.plugins"))
        .isEqualTo("org.example.Theirs,io.sparkswitch.jobs.track.MetricsPlugin");
    assertThat(conf.get("spark.metrics.conf.*.sink.prometheusServlet.class"))
        .endsWith(".PrometheusServlet");
    assertThat(conf.get("spark.metrics.conf.*.sink.prometheusServlet.path")).isEqualTo("/theirs");
  }

  @Test
  void gangSwitchesDynamicAllocationOffAndSaysSo() {
    SparkSetup.gang(conf, 2, said::add);

    assertThat(conf.get("spark.dynamicAllocation.enabled")).isEqualTo("false");
    assertThat(said).singleElement().asString().contains("Dynamic allocation is off");
    assertThat(conf.get("spark.scheduler.barrier.maxConcurrentTasksCheck.interval"))
        .isEqualTo("1s");
    assertThat(conf.get("spark.executorEnv.OMP_NUM_THREADS")).isEqualTo("2");
    assertThat(conf.get("spark.executorEnv.OPENBLAS_NUM_THREADS")).isEqualTo("2");
    assertThat(conf.get("spark.executorEnv.MALLOC_MMAP_MAX_")).isEqualTo("0");
    assertThat(conf.get("spark.executorEnv.GLIBC_TUNABLES")).isEqualTo("glibc.malloc.hugetlb=1");
    assertThat(conf.get("spark.executorEnv.OPENBLAS_THREAD_TIMEOUT")).isEqualTo("4");
    assertThat(conf.get("spark.executorEnv.GOMP_SPINCOUNT")).isEqualTo("2000");
  }

  @Test
  void sparkDoesNotCountTheExecutorsThatALongRunLoses() {
    SparkSetup.gang(conf, 1, said::add);

    assertThat(conf.get("spark.executor.maxNumFailures")).isEqualTo("2147483647");
    assertThat(conf.get("spark.deploy.maxExecutorRetries")).isEqualTo("-1");
    assertThat(conf.get("spark.excludeOnFailure.enabled")).isEqualTo("false");
  }

  @Test
  void itDoesIfTheUserSaysSoUnderEitherName() {
    conf.set("spark.yarn.max.executor.failures", "7");
    conf.set("spark.deploy.maxExecutorRetries", "3");

    SparkSetup.gang(conf, 1, said::add);

    assertThat(conf.get("spark.executor.maxNumFailures")).isEqualTo("7");
    assertThat(conf.get("spark.deploy.maxExecutorRetries")).isEqualTo("3");
  }

  @Test
  void dynamicAllocationExplicitlyAskedForIsRefused() {
    conf.set("spark.dynamicAllocation.enabled", "true");

    assertThatThrownBy(() -> SparkSetup.gang(conf, 1, said::add))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("spark.dynamicAllocation.enabled = true is not allowed")
        .satisfies(t -> assertThat(ExitCode.of(t)).isEqualTo(ExitCode.USAGE));
  }

  @Test
  void secretOfClusterModeIsCopiedIntoTheConfiguration() {
    Map<String, String> environment = Map.of("_SPARK_AUTH_SECRET", "s3cret");

    SparkSetup.common(conf, "prepare", environment);
    assertThat(conf.contains("spark.authenticate.secret")).isFalse();

    conf.set("spark.authenticate", "true");
    SparkSetup.common(conf, "prepare", environment);
    assertThat(conf.get("spark.authenticate.secret")).isEqualTo("s3cret");
  }

  @Test
  void hadoopSettingsAreThereBeforeTheSession() {
    conf.set("spark.hadoop.fs.example.key", "value");

    assertThat(SparkSetup.hadoop(conf).get("fs.example.key")).isEqualTo("value");
  }
}
