package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.bench.RandomShards;
import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.management.JMException;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The objects that this process has in use judge what is planned. */
class HeapMemoryTest {
  private static final VocabularySpec VOCABULARY = new VocabularySpec(8000, "d".repeat(64));
  private static final int STEPS = 3;

  @TempDir private Path folder;
  private long most;

  @Test
  void anExecutorsHeapHoldsTheShufflingWindowsThatArePlanned() throws Exception {
    RunConfig config = config(16);
    new RandomShards(config.data(), VOCABULARY, 40_000)
        .write(folder.resolve("shards"), List.of("en"));
    Files.createDirectories(folder.resolve("run/checkpoints"));
    train(config(1), 0); // loads classes
    long before = live();
    long windows = 2L * 2 * 568 * 16 * 1024;

    train(config, before + windows * 9 / 10);

    assertThat(most - before).isBetween(windows * 9 / 10, planned(config));
    assertThat(windows).isGreaterThan(planned(config) / 2);
  }

  private static long planned(RunConfig config) {
    Plan plan = Plan.of(config, VOCABULARY.rows(), 1);
    return new StepPlan(plan, config.data().inputsLength(), 114).memory().executor().heap();
  }

  /** Trains a few steps, and waits until both windows are read and so much is in use. */
  private void train(RunConfig config, long expected) throws Exception {
    WorkerSpec spec =
        new WorkerSpec(
            config,
            WorkerSpec.Folders.of(
                folder.resolve("shards").toString(), folder.resolve("run").toString()));
    most = 0;
    try (BareLoop loop = new BareLoop(spec)) {
      loop.run(STEPS, this::look);
      Awaitility.await("%d bytes in use".formatted(expected))
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                look();
                return most >= expected;
              });
    }
  }

  private void look() {
    most = Math.max(most, live());
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
