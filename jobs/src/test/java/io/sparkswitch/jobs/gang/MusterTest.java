package io.sparkswitch.jobs.gang;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.jobs.SparkswitchKryoRegistrator;
import io.sparkswitch.jobs.conf.GangSettings;
import io.sparkswitch.jobs.exit.ExecutorsLostException;
import io.sparkswitch.jobs.exit.UsageException;
import java.time.Duration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MusterTest {
  private static JavaSparkContext spark;

  @BeforeAll
  static void startSpark() {
    spark =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local[1]")
                .setAppName("muster")
                .set("spark.ui.enabled", "false")
                .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
                .set("spark.kryo.registrator", SparkswitchKryoRegistrator.class.getName())
                .set("spark.kryo.registrationRequired", "true"));
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @Test
  void inLocalModeTheDriverIsItsOnlyExecutor() {
    Muster muster = new Muster(spark, new Condemned(spark));

    assertThat(muster.present()).isEqualTo(1);
    assertThat(muster.gather(0, Duration.ofMinutes(1))).isEqualTo(1);
    assertThat(muster.gather(1, Duration.ofMinutes(1))).isEqualTo(1);
  }

  @Test
  void theGangGoesOnWithThoseItHasIfTheyAreEnough() {
    Muster muster = new Muster(spark, new Condemned(spark));

    assertThat(muster.regroup(2, settings(0))).isEqualTo(1);
    assertThatThrownBy(() -> muster.regroup(3, settings(0)))
        .isInstanceOf(ExecutorsLostException.class)
        .hasMessageContaining("only 1 of 3 executors are there")
        .hasMessageContaining("fewer than gang.minimum-executors = 2");
    assertThat(muster.regroup(3, settings(1))).isEqualTo(1);
  }

  @Test
  void whoIsToEndDoesNotCount() {
    Condemned condemned = new Condemned(spark);
    condemned.add("driver");
    assertThat(condemned.count()).isEqualTo(1);
    condemned.onExecutorRemoved(new SparkListenerExecutorRemoved(0, "driver", "gone"));
    assertThat(condemned.count()).isZero();
    condemned.add("driver");
    assertThat(condemned.count()).as("who said so and died before it was heard").isZero();
  }

  private static GangSettings settings(int minimum) {
    Duration wait = Duration.ofMillis(200);
    return new GangSettings(0, minimum, 4, Duration.ofSeconds(1), wait, wait);
  }

  @Test
  void moreThanLocalModeHasIsRefusedAtOnce() {
    long startedAt = System.nanoTime();

    assertThatThrownBy(
            () -> new Muster(spark, new Condemned(spark)).gather(2, Duration.ofMinutes(1)))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("gang.executors = 2, but Spark was asked for 1")
        .hasMessageContaining("set gang.executors to at most 1");
    assertThat(Duration.ofNanos(System.nanoTime() - startedAt)).isLessThan(Duration.ofSeconds(10));
  }
}
