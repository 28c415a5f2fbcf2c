package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.track.MetricsPlugin;
import io.sparkswitch.jobs.track.StepMetrics;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training as those see it who have a browser, TensorBoard or Prometheus. */
class SeenFromOutsideTest {
  private static final int STEPS = 4;
  private static final Map<String, String> UI =
      Map.of("spark.master", "local[1]", "spark.ui.enabled", "true", "spark.ui.port", "0");

  @TempDir private static Path folder;
  private static final Onlooker onlooker = new Onlooker();
  private static List<StepMetrics> lines;

  /**
   * What Spark's UI shows at one moment.
   *
   * @param gauges of {@code /metrics/json}
   * @param prometheus all of {@code /metrics/prometheus}
   * @param jobs of the REST interface
   */
  private record Sight(JsonNode gauges, String prometheus, JsonNode jobs) {

    double gauge(String name) {
      String plugin = ".driver.plugin." + MetricsPlugin.class.getName() + "." + name;
      List<Double> found = new ArrayList<>();
      gauges
          .properties()
          .forEach(
              gauge -> {
                if (gauge.getKey().endsWith(plugin)) {
                  found.add(gauge.getValue().path("value").asDouble(Double.NaN));
                }
              });
      assertThat(found).as(name).hasSize(1);
      return found.get(0);
    }

    double prometheus(String name) {
      Matcher line =
          Pattern.compile("(?m)^metrics_\\w+_MetricsPlugin_" + name + "_Value\\{[^}]*} (\\S+)$")
              .matcher(prometheus);
      assertThat(line.find()).as(name).isTrue();
      return Double.parseDouble(line.group(1));
    }
  }

  /** Looks whenever the training says a line, and keeps it waiting meanwhile. */
  private static final class Onlooker extends StringWriter {
    private final List<Sight> sights = new ArrayList<>();
    private int seen;

    @Override
    public void flush() {
      String said = getBuffer().substring(seen);
      seen = getBuffer().length();
      if (said.startsWith("step ")) {
        sights.add(look());
      }
    }

    private static Sight look() {
      assertThat(SparkEnv.get()).as("Spark of the training").isNotNull();
      SparkContext spark = SparkContext.getOrCreate();
      String ui = spark.uiWebUrl().get();
      String application = ui + "/api/v1/applications/" + spark.applicationId();
      return new Sight(
          tree(get(ui + "/metrics/json/")).path("gauges"),
          get(ui + "/metrics/prometheus/"),
          tree(get(application + "/jobs")));
    }
  }

  @BeforeAll
  static void train() throws IOException {
    RunConfig config = LocalGang.config("training.steps=" + STEPS, "training.evaluate-every=2");
    TinyShards.write(folder.resolve("shards"), config.data());
    Files.writeString(folder.resolve("tiny.conf"), config.render());
    List<String> command =
        List.of(
            "pretrain",
            "--shards",
            folder.resolve("shards").toString(),
            "--out",
            folder.resolve("run").toString(),
            "--config",
            folder.resolve("tiny.conf").toString());
    assertThat(InProcess.run(command, UI, onlooker)).as(onlooker::toString).isZero();
    lines = new TrainedRun(folder.resolve("run")).metrics();
    assertThat(lines).hasSize(STEPS);
    assertThat(onlooker.sights).hasSize(STEPS);
  }

  @Test
  void sparksMetricsShowWhatTheLogSays() {
    for (int i = 0; i < STEPS; i++) {
      StepMetrics line = lines.get(i);
      Sight sight = onlooker.sights.get(i);
      Map<String, Double> expected = new TreeMap<>(line.scalars());
      expected.keySet().removeIf(name -> name.contains("/"));
      expected.put("step", (double) line.step());
      assertThat(expected)
          .containsKeys("loss", "tokensPerSecond", "exchangeSecondsPerStep", "shareOfGemmPeak")
          .containsKeys("fractionTokensLeftBehind", "loadImbalance", "learningRate");
      expected.forEach(
          (name, value) -> {
            assertThat(sight.gauge(name)).as("%s of %s", name, line).isEqualTo(value);
            assertThat(sight.prometheus(name)).as("%s of %s", name, line).isEqualTo(value);
          });
    }
    assertThat(onlooker.sights.get(2).gauge("validationLoss"))
        .isEqualTo(lines.get(1).validationLoss().orElseThrow());
  }

  @Test
  void theLastCheckpointGetsOlderUntilTheNext() {
    assertThat(onlooker.sights.get(0).gauge("checkpointAgeSeconds")).isNaN();
    assertThat(onlooker.sights.get(0).prometheus("checkpointAgeSeconds")).isNaN();
    assertThat(onlooker.sights.get(STEPS - 1).gauge("checkpointAgeSeconds")).isBetween(0.0, 60.0);
  }

  @Test
  void speedAndExchangeAreMeasured() {
    assertThat(lines)
        .allSatisfy(
            line -> {
              StepMetrics.Throughput speed = line.throughput();
              assertThat(speed.exchangeSecondsPerStep())
                  .isPositive()
                  .isLessThan(speed.secondsPerStep());
              assertThat(speed.shareOfGemmPeak()).isBetween(1e-9, 1.0);
            });
  }

  @Test
  void tensorBoardShowsWhatTheLogSays() throws IOException {
    Map<String, Map<Long, Float>> expected = new TreeMap<>();
    for (StepMetrics line : lines) {
      line.scalars()
          .forEach(
              (tag, value) ->
                  expected
                      .computeIfAbsent(tag, t -> new TreeMap<>())
                      .put(line.step(), value.floatValue()));
    }
    assertThat(expected).containsKeys("loss", "validationLoss", "loadImbalance/encoder.1");
    for (String tag : expected.keySet()) {
      assertThat(EventFiles.scalar(folder.resolve("run"), tag))
          .as(tag)
          .isEqualTo(expected.get(tag));
    }
  }

  @Test
  void sparksUiSaysWhatTheJobIsFor() {
    JsonNode jobs = onlooker.sights.get(0).jobs();

    assertThat(jobs).hasSize(1);
    assertThat(jobs.path(0).path("description").asText())
        .isEqualTo("pretrain: attempt 0 on 1 executor(s)");
  }

  private static String get(String address) {
    try {
      HttpResponse<String> response =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(address)).build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(address).isEqualTo(200);
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while looking at " + address, e);
    }
  }

  private static JsonNode tree(String text) {
    try {
      return JsonMapper.builder().build().readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException("no JSON: " + text, e);
    }
  }
}
