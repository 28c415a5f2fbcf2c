package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.loop.Order.Command;
import io.sparkswitch.model.checkpoint.CheckpointFolder;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.exchange.Tag;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CheckpointWriterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration BOUND = Duration.ofSeconds(1);

  @TempDir private Path folder;
  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private final List<Future<?>> ranks = new ArrayList<>();
  private volatile boolean slow = true;
  private LocalExchange driver;
  private RankSet set;
  private DenseModel dense;
  private CheckpointFolder checkpoints;

  @BeforeEach
  void start() throws IOException {
    RunConfig config =
        ConfigLoader.load(
            Optional.empty(),
            List.of(
                "model.d-model=8",
                "model.d-ff=8",
                "model.num-heads=1",
                "model.d-kv=8",
                "model.num-encoder-layers=1",
                "model.num-decoder-layers=1"));
    checkpoints = new CheckpointFolder(folder.toString(), new Configuration());
    checkpoints.create();
    List<LocalExchange> ends = LocalExchange.group(2, PATIENCE);
    driver = ends.get(0).driver();
    set = new RankSet(driver, 0);
    dense = new DenseModel(Architecture.of(config, 16), config);
    ends.forEach(end -> ranks.add(threads.submit(() -> answer(end))));
  }

  @AfterEach
  void end() throws Exception {
    set.stop();
    for (Future<?> rank : ranks) {
      rank.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    threads.shutdownNow();
    driver.close();
    dense.close();
  }

  /** A rank that does as it is told; the last one writes for as long as the test wants. */
  private void answer(LocalExchange end) {
    try (end) {
      for (long tick = 1; ; tick++) {
        Tag tag = new Tag(0, tick, 0, 0, Direction.CONTROL);
        Order order = Order.of(end.receiveBytes(Exchange.DRIVER, tag));
        if (order.command() == Command.STOP) {
          return;
        }
        if (order.command() == Command.WRITTEN) {
          boolean writing = slow && end.rank() == 1;
          if (writing) {
            LockSupport.parkNanos(Duration.ofMillis(Math.min(100, order.argument())).toNanos());
          }
          ShardProgress progress =
              writing ? ShardProgress.writing() : ShardProgress.withoutExperts();
          end.sendBytes(Exchange.DRIVER, tag, progress.toBytes());
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whoWaitsForACheckpointLongerThanTheBoundIsToldWhoStillWritesIt() throws Exception {
    List<List<Shard>> committed = new ArrayList<>();
    try (CheckpointWriter writer =
        new CheckpointWriter(checkpoints, set, dense, BOUND, text -> {})) {
      writer.begin(7, (shards, finite) -> committed.add(shards));
      long startedAt = System.nanoTime();
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(writer::finish)
          .withMessage(
              "waited 1 s (exchange.driver-time-out) for the checkpoint of step 7: rank 1 still"
                  + " writes its shard; is the storage of the run folder slow or gone?");
      assertThat(Duration.ofNanos(System.nanoTime() - startedAt))
          .isBetween(BOUND, BOUND.multipliedBy(10));
      assertThat(committed).isEmpty();

      slow = false;
      writer.finish();
      assertThat(committed).singleElement().satisfies(shards -> assertThat(shards).hasSize(1));
    }
  }
}
