package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.management.ThreadMXBean;
import io.sparkswitch.jobs.InProcess.Outcome;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class PlanVerbTest {
  /** Of objects in all, living and dead: far from filling a heap of 1 GB. */
  private static final long ALLOCATED = 256 << 20;

  @TempDir Path folder;

  @Test
  @Timeout(30)
  void aTrillionParametersArePlannedInSecondsAndLittleMemory() throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();

    Outcome outcome = plan("preset=switch-c", "gang.executors=512");

    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(ALLOCATED);
    assertThat(outcome.code()).as(outcome.text()).isZero();
    assertThat(outcome.text())
        .contains("Model: 1.57 trillion parameters: 962 million dense")
        .contains("1.57 trillion in 2,048 experts (at most 3.07 billion on one executor)")
        .contains("by the paper's count 890 billion a sequence")
        .contains("Batch: 2,048 sequences of 512 + 114 tokens, 2,048 routing group(s)")
        .contains("Slots: 512 executors");
    JsonNode json = JsonMapper.builder().build().readTree(folder.resolve("plan.json").toFile());
    assertThat(json.path("parameters").asLong()).isEqualTo(1_571_308_972_448L);
    assertThat(json.path("activeParameters").asLong()).isEqualTo(1_728_326_048L);
    assertThat(json.path("paperFlopsPerSequence").asDouble()).isBetween(8.8e11, 9.0e11);
    assertThat(json.path("flopsPerToken").asDouble()).isPositive();
    JsonNode held = json.path("memory").path("executor");
    // Four experts in 30 layers of two matrices, with a row and a column of each to remember.
    long experts = 4L * 30 * 2 * 2080 * 6144 * 4;
    long state = 4L * 30 * 2 * (2080 + 6144) * 4;
    long dense = json.path("denseParameters").asLong() * 4;
    assertThat(held.path("values").asLong()).isEqualTo(experts + dense);
    assertThat(held.path("gradients").asLong()).isEqualTo(experts + dense);
    assertThat(held.path("optimizerState").asLong()).isEqualTo(state);
    assertThat(held.path("checkpointSnapshot").asLong()).isEqualTo(experts + state);
    assertThat(outcome.text()).doesNotContain("Time of a step");
    assertThat(json.has("stepSeconds")).isFalse();
  }

  @Test
  void timeIsToldOfGivenRatesAlone() throws IOException {
    Outcome outcome = plan("preset=nano-switch", "--gflops=40", "--gigabytes-per-second=1.25");

    assertThat(outcome.text()).containsPattern("Time of a step at these rates.*: [0-9.]+ s");
    JsonNode json = JsonMapper.builder().build().readTree(folder.resolve("plan.json").toFile());
    assertThat(json.path("stepSeconds").path("step").asDouble()).isPositive();
    assertThat(plan("preset=nano-switch", "--gflops=40").code()).isEqualTo(2);
    assertThat(plan("preset=nano-switch", "--gflops=40").text())
        .contains(
            "--gflops = 40.0 and --gigabytes-per-second = null: give both, above 0, or neither");
  }

  @Test
  void asManyExecutorsAsExpertsCanBePlannedForSwitchC() {
    assertThat(plan("preset=switch-c", "gang.executors=2048").code()).isZero();
    assertThat(plan("preset=switch-c", "gang.executors=2049").code()).isEqualTo(2);
  }

  @Test
  void anUnknownPresetIsAnsweredWithAllOfThem() {
    Outcome outcome = plan("preset=switch-d");

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.text())
        .contains("preset = switch-d is not allowed; did you mean switch-c?")
        .contains("\n  nano, nano-switch\n");
  }

  private Outcome plan(String... settings) {
    List<String> arguments = new ArrayList<>(List.of("plan"));
    for (String setting : settings) {
      arguments.addAll(setting.startsWith("--") ? List.of(setting) : List.of("--set", setting));
    }
    arguments.addAll(List.of("--json", folder.resolve("plan.json").toString()));
    return InProcess.run(arguments);
  }
}
