package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.bench.RandomShards;
import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The objects that this process has in use judge what is planned. */
class HeapMemoryTest {
  private static final VocabularySpec VOCABULARY = new VocabularySpec(8000, "d".repeat(64));
  private static final int STEPS = 3;

  @TempDir private Path folder;
  private long used;

  @Test
  void anExecutorsHeapHoldsTheShufflingWindowsThatArePlanned() throws Exception {
    RunConfig config = config(16);
    new RandomShards(config.data(), VOCABULARY, 40_000)
        .write(folder.resolve("shards"), List.of("en"));
    Files.createDirectories(folder.resolve("run/checkpoints"));
    mostInUse(config(1)); // loads classes
    long before = live();

    long more = mostInUse(config) - before;

    assertThat(planned(config)).isGreaterThan(50L << 20);
    assertThat((double) more / planned(config)).isBetween(0.6, 1.0);
  }

  private static long planned(RunConfig config) {
    Plan plan = Plan.of(config, VOCABULARY.rows(), 1);
    return new StepPlan(plan, config.data().inputsLength(), 114).memory().executor().heap();
  }

  /** Bytes in use between steps, at most, when all garbage is collected. */
  private long mostInUse(RunConfig config) throws Exception {
    WorkerSpec spec =
        new WorkerSpec(
            config,
            WorkerSpec.Folders.of(
                folder.resolve("shards").toString(), folder.resolve("run").toString()));
    used = 0;
    try (BareLoop loop = new BareLoop(spec)) {
      loop.run(STEPS, () -> used = Math.max(used, live()));
    }
    return used;
  }

  /** By the last line of the virtual machine's histogram, which collects first. */
  private static long live() {
    try {
      Object histogram =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
      List<String> lines = histogram.toString().strip().lines().toList();
      return Long.parseLong(lines.get(lines.size() - 1).strip().split("\\s+")[2]);
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }

  private static RunConfig config(int rowGroups) {
    return ConfigLoader.load(
        Optional.empty(),
        List.of(
            "model.d-model=16",
            "model.d-ff=32",
            "model.num-heads=2",
            "model.d-kv=4",
            "model.num-encoder-layers=1",
            "model.num-decoder-layers=1",
            "data.inputs-length=512",
            "data.row-group-segments=1024",
            "data.shuffle-window-row-groups=" + rowGroups,
            "routing.group-sequences=1",
            "training.batch-size=2"));
  }
}
