package io.sparkswitch.jobs.gang;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.jobs.SparkswitchKryoRegistrator;
import io.sparkswitch.jobs.exit.UsageException;
import java.time.Duration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
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
    Muster muster = new Muster(spark);

    assertThat(muster.present()).isEqualTo(1);
    assertThat(muster.gather(0, Duration.ofMinutes(1))).isEqualTo(1);
    assertThat(muster.gather(1, Duration.ofMinutes(1))).isEqualTo(1);
  }

  @Test
  void moreThanLocalModeHasIsRefusedAtOnce() {
    long startedAt = System.nanoTime();

    assertThatThrownBy(() -> new Muster(spark).gather(2, Duration.ofMinutes(1)))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("gang.executors = 2, but Spark was asked for 1")
        .hasMessageContaining("set gang.executors to at most 1");
    assertThat(Duration.ofNanos(System.nanoTime() - startedAt)).isLessThan(Duration.ofSeconds(10));
  }
}
