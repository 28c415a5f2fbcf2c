package io.sparkswitch.jobs.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Real processes, of a model too small for the figures to mean anything. */
@Tag("long")
class GangSpeedTest {
  private static final UpdateCase TINY =
      new UpdateCase("switch", List.of("preset=nano-switch", "data.inputs-length=16"));

  private final ObjectNode results = JsonNodeFactory.instance.objectNode();
  private final List<String> lines = new ArrayList<>();

  @Test
  void anExecutorIsMeasuredBesideTheBareLoop() throws Exception {
    new BareBench(TINY, 2, 1).run(results, Map.of(), lines::add);

    assertThat(results.path("gangVersusBare").asDouble()).isPositive();
    assertThat(results.path("gangVersusBareOfPairs")).hasSize(2);
    assertThat(lines).hasSize(1);
  }

  @Test
  void twoExecutorsAreMeasuredBesideTwiceOne() throws Exception {
    new ScalingBench(List.of(TINY), 1).run(results, Map.of(), lines::add);

    assertThat(results.path("weakScaling").path("switch").asDouble()).isPositive();
    for (String key :
        List.of(
            "weakScalingOfFastest",
            "twoGangsOfOneVersusTwiceOne",
            "twoExecutorsVersusTwoGangsOfOne")) {
      assertThat(results.path(key).path("switch").asDouble()).as(key).isPositive();
    }
    assertThat(results.path("weakScalingOfRounds").path("switch")).hasSize(1);
    assertThat(lines).hasSize(1);
  }

  @Test
  void twoInFlightAreMeasuredBesideOne() throws Exception {
    new OverlapBench(List.of(TINY), 1).run(results, Map.of(), lines::add);

    assertThat(results.path("twoInFlightVersusOne").path("switch").asDouble()).isPositive();
    assertThat(lines).hasSize(1);
  }

  @Test
  void theDriversMemoryIsMeasured() throws Exception {
    new DriverMemoryBench(TINY, List.of(2)).run(results, Map.of(), lines::add);

    assertThat(results.path("driverPeakMebibytes").path("2").asDouble()).isBetween(20.0, 2000.0);
  }

  @Test
  void aggregationIsMeasuredBesideBareSockets() throws Exception {
    new AggregationBench(List.of(2, 4), 10_001, 1).run(results, Map.of(), lines::add);

    assertThat(results.path("aggregationVersusDirect").fieldNames())
        .toIterable()
        .containsExactly("2", "4");
    assertThat(results.path("aggregationDriverBytes").path("2").longValue())
        .as("there and back, however many executors")
        .isEqualTo(2 * 4 * 10_001)
        .isEqualTo(results.path("aggregationDriverBytes").path("4").longValue());
    assertThat(lines).hasSize(2);
  }
}
