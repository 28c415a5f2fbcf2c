package io.sparkswitch.jobs.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DriverBenchTest {

  @Test
  void gradientsAndParametersDoNotGrowWithExecutorsAndTheRestIsTheSameForEach() throws Exception {
    ObjectNode results = JsonNodeFactory.instance.objectNode();
    List<String> lines = new ArrayList<>();
    new DriverBench(List.of(1, 2, 4, 8)).run(results, Map.of(), lines::add);

    JsonNode bytes = results.path("driverBytesPerStep");
    JsonNode vectors = results.path("driverVectorBytesPerStep");
    assertThat(bytes.fieldNames()).toIterable().containsExactly("1", "2", "4", "8");
    long vector = vectors.path("1").asLong();
    long each = bytes.path("1").asLong() - vector;
    assertThat(vector).isGreaterThan(1 << 20);
    assertThat(each).isBetween(1L, 1000L);
    for (int executors : List.of(1, 2, 4, 8)) {
      String name = Integer.toString(executors);
      assertThat(vectors.path(name).asLong()).as(name).isEqualTo(vector);
      assertThat(bytes.path(name).asLong()).as(name).isEqualTo(vector + executors * each);
      assertThat(results.path("driverPlannedBytesPerStep").path(name).asLong())
          .as("planned for " + name)
          .isEqualTo(bytes.path(name).asLong());
    }
    assertThat(lines).hasSize(2 + 4);
  }
}
