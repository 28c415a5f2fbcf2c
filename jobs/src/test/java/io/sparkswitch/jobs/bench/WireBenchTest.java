package io.sparkswitch.jobs.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long")
class WireBenchTest {

  @Test
  void twoProcessesMeasureTheExchangeBesideASocket() throws Exception {
    ObjectNode results = JsonNodeFactory.instance.objectNode();
    List<String> lines = new ArrayList<>();
    new WireBench(1).run(results, Map.of(), lines::add);

    assertThat(lines)
        .hasSize(7)
        .allMatch(line -> line.matches(".*: exchange \\S+ \\S+, socket \\S+ \\S+, ratio \\S+"));
    for (String size : List.of("1MiB", "16MiB")) {
      double worst = results.get("exchangeVersusSocket").get(size).asDouble();
      assertThat(worst).isPositive();
      for (String way : List.of("forth", "back", "both")) {
        assertThat(results.get("exchangeVersusSocketByWay").get(size).get(way).asDouble())
            .isGreaterThanOrEqualTo(worst);
      }
    }
    assertThat(results.get("roundTripVersusSocket").asDouble()).isPositive();
    assertThat(results.get("roundTripMicroseconds").asDouble()).isPositive();
  }
}
