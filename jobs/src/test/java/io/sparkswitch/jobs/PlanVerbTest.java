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
    // Values, gradients and a checkpoint's copy of four experts in 30 layers, three times the dense
    // part, factors.
    double experts = 3 * 4 * 30 * 2 * 2080.0 * 6144;
    double mebibytes = 4 * (experts + 3 * json.path("denseParameters").asDouble()) / (1 << 20);
    assertThat(json.path("executorNativeMebibytes").asDouble())
        .isBetween(mebibytes, 1.001 * mebibytes);
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
      arguments.addAll(List.of("--set", setting));
    }
    arguments.addAll(List.of("--json", folder.resolve("plan.json").toString()));
    return InProcess.run(arguments);
  }
}
