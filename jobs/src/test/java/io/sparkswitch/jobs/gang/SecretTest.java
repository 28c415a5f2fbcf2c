package io.sparkswitch.jobs.gang;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.SparkswitchKryoRegistrator;
import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.exchange.Credentials;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What members of a gang prove themselves by is where Spark shows nothing. */
class SecretTest {
  private static final byte[] WORD = "done".getBytes(StandardCharsets.UTF_8);
  private static final Tag TAG = new Tag(0, 1, 0, 0, Direction.CONTROL);

  @TempDir private Path events;

  /** Keeps the local properties of jobs and stages. */
  private static final class Seen extends SparkListener {
    final List<Properties> properties = new CopyOnWriteArrayList<>();

    @Override
    public void onJobStart(SparkListenerJobStart job) {
      properties.add(job.properties());
    }

    @Override
    public void onStageSubmitted(SparkListenerStageSubmitted stage) {
      properties.add(stage.properties());
    }
  }

  @Test
  void theSecretAndTheKeysAreNeitherInTheConfigurationNorInPropertiesNorInTheEventLog()
      throws Exception {
    Seen seen = new Seen();
    List<byte[]> hidden = new ArrayList<>();
    String conf;
    JavaSparkContext spark = new JavaSparkContext(conf());
    try {
      spark.sc().addSparkListener(seen);
      RunConfig config = ConfigLoader.load(Optional.empty(), List.of("exchange.encryption=on"));
      Gang gang = new Gang(spark, config.gang(), config.exchange(), sentence -> {});
      byte[] answer =
          gang.run(
              member -> member.exchange().sendBytes(Exchange.DRIVER, TAG, WORD),
              (exchange, attempt) -> exchange.receiveBytes(0, TAG));
      assertThat(answer).as("the gang was at work").isEqualTo(WORD);
      Credentials driver = gang.keys().driver(0).credentials();
      hidden.addAll(List.of(gang.keys().secret().bytes(), driver.authority(), driver.key()));
      conf = spark.getConf().toDebugString();
    } finally {
      spark.stop();
    }

    assertThat(seen.properties).hasSizeGreaterThanOrEqualTo(2);
    String log = eventLog();
    assertThat(log).contains("SparkListenerJobStart", "SparkListenerEnvironmentUpdate");
    for (byte[] bytes : hidden) {
      for (String form : forms(bytes)) {
        assertThat(conf).doesNotContainIgnoringCase(form);
        assertThat(seen.properties.toString()).doesNotContainIgnoringCase(form);
        assertThat(log).doesNotContainIgnoringCase(form);
      }
    }
  }

  private static List<String> forms(byte[] bytes) {
    return List.of(
        HexFormat.of().formatHex(bytes),
        Base64.getEncoder().withoutPadding().encodeToString(bytes),
        new String(bytes, StandardCharsets.ISO_8859_1));
  }

  private SparkConf conf() {
    return new SparkConf()
        .setMaster("local[1]")
        .setAppName("secret")
        .set("spark.ui.enabled", "false")
        .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
        .set("spark.kryo.registrator", SparkswitchKryoRegistrator.class.getName())
        .set("spark.eventLog.enabled", "true")
        .set("spark.eventLog.compress", "false")
        .set("spark.eventLog.dir", events.toUri().toString());
  }

  private String eventLog() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(events)) {
      for (Path file :
          files.filter(f -> f.getFileName().toString().startsWith("events_")).toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }
}
