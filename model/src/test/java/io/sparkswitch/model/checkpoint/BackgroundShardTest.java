package io.sparkswitch.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BackgroundShardTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path root;

  private PointerScope scope;
  private Configuration conf;
  private CheckpointFolder folder;
  private Tensor tensor;
  private double[] original;

  @BeforeEach
  void open() {
    scope = new PointerScope();
    conf = new Configuration();
    conf.setClass("fs.gated.impl", GatedFileSystem.class, org.apache.hadoop.fs.FileSystem.class);
    conf.setBoolean("fs.gated.impl.disable.cache", true);
    folder = new CheckpointFolder("gated://" + root, conf);
    tensor = Doubles.normal(1, 100);
    original = Doubles.of(tensor);
    GatedFileSystem.gate = new CountDownLatch(0);
  }

  @AfterEach
  void close() {
    GatedFileSystem.gate.countDown();
    scope.close();
  }

  @Test
  void whatIsNotFiniteIsWrittenAndToldOfThatShardAlone() throws Exception {
    Tensor other = Doubles.normal(2, 100);
    try (BackgroundShard shard = new BackgroundShard(folder, 3, "experts")) {
      for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
        other.narrow(0, 57, 1).fill_(Tensors.scalar(bad));
        shard.begin(100, Map.of("t", tensor, "u", other));
        assertThat(shard.written(LONG)).isPresent();
        assertThat(shard.finite()).isFalse();

        other.narrow(0, 57, 1).fill_(Tensors.scalar(1e300));
        shard.begin(200, Map.of("t", tensor, "u", other));
        assertThat(shard.written(LONG)).isPresent();
        assertThat(shard.finite()).isTrue();
      }
    }
  }

  @Test
  void trainingGoesOnWhileTheFileSystemIsSlowAndTheShardIsThatOfItsStep() throws Exception {
    GatedFileSystem.gate = new CountDownLatch(1);
    try (BackgroundShard shard = new BackgroundShard(folder, 3, "experts")) {
      shard.begin(100, Map.of("t", tensor));
      shard.awaitCopy();
      tensor.zero_();

      assertThat(shard.written(Duration.ZERO)).isEmpty();
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> shard.begin(200, Map.of("t", tensor)))
          .withMessage("experts of step 100 is still being written: step 200 must wait for it");
      GatedFileSystem.gate.countDown();

      Shard written = shard.written(LONG).orElseThrow();
      assertThat(written.file()).isEqualTo("experts-attempt-003.safetensors");
      assertThat(saved(100, 3, written)).isEqualTo(original);
      assertThat(shard.written(Duration.ZERO)).contains(written);
    }
  }

  @Test
  void theNextShardHasTheValuesOfTheNextStep() throws Exception {
    try (BackgroundShard shard = new BackgroundShard(folder, 0, "experts")) {
      shard.begin(100, Map.of("t", tensor));
      Shard first = shard.written(LONG).orElseThrow();
      tensor.zero_();
      shard.begin(200, Map.of("t", tensor));
      Shard second = shard.written(LONG).orElseThrow();

      assertThat(saved(100, 0, first)).isEqualTo(original);
      assertThat(saved(200, 0, second)).containsOnly(0);
    }
  }

  @Test
  void aShardThatCannotBeWrittenIsNamedWithItsStepAndTheCause() throws Exception {
    Files.createFile(root.resolve("step-00000200")); // where a folder must be
    try (BackgroundShard shard = new BackgroundShard(folder, 0, "experts")) {
      shard.begin(200, Map.of("t", tensor));
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> shard.written(LONG))
          .withMessageContaining("experts of step 200 was not written: ")
          .withMessageContaining("step-00000200")
          .withCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void whoIsEndedWhileWritingLeavesTheCheckpointBeforeItWhole() throws Exception {
    try (BackgroundShard shard = new BackgroundShard(folder, 0, "experts")) {
      shard.begin(100, Map.of("t", tensor));
      commit(100, shard.written(LONG));
      GatedFileSystem.gate = new CountDownLatch(1);
      shard.begin(200, Map.of("t", tensor));
      shard.awaitCopy();
      assertThat(shard.written(Duration.ZERO)).isEmpty();
    }
    assertThat(folder.latest().orElseThrow().manifest().step()).isEqualTo(100);
    assertThat(folder.isCommitted(200)).isFalse();
  }

  @Test
  void whatCannotBeCopiedIsNotWrittenWithTheValuesOfTheStepBefore() throws Exception {
    try (BackgroundShard shard = new BackgroundShard(folder, 0, "experts")) {
      shard.begin(100, Map.of("t", tensor));
      assertThat(shard.written(LONG)).isPresent();
      shard.begin(200, Map.of("t", Tensors.zeros(ScalarType.Double, 7)));

      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> shard.written(LONG))
          .withMessageContaining("experts of step 200 was not written: ")
          .withMessageContaining("it could not be copied");
      assertThatExceptionOfType(IOException.class).isThrownBy(shard::awaitCopy);
      assertThat(root.resolve("step-00000200")).doesNotExist();
    }
  }

  @Test
  void aListenerIsToldWithinTheWriteAndAtItsEnd() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    BackgroundShard.Listener listener =
        new BackgroundShard.Listener() {
          @Override
          public void writes(long step) {
            boolean open =
                Files.exists(root.resolve("step-00000100/experts-attempt-000.safetensors"));
            told.add("writes %d, file there: %s".formatted(step, open));
          }

          @Override
          public void ended(long step) {
            told.add("ended " + step);
          }
        };
    try (BackgroundShard shard = new BackgroundShard(folder, 0, "experts", listener)) {
      shard.begin(100, new TreeMap<>(Map.of("a", tensor, "b", tensor)));
      assertThat(shard.written(LONG)).isPresent();
    }
    assertThat(told).containsExactly("writes 100, file there: true", "ended 100");
  }

  @Test
  void nothingIsWaitedForBeforeTheFirstShard() throws Exception {
    try (BackgroundShard shard = new BackgroundShard(folder, 0, "experts")) {
      shard.awaitCopy();
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> shard.written(LONG))
          .withMessage("experts: nothing was begun");
    }
  }

  private void commit(long step, Optional<Shard> shard) throws IOException {
    folder.commit(
        new CheckpointManifest(
            CheckpointManifest.FORMAT_VERSION, step, 0, List.of(shard.orElseThrow()), Map.of()));
  }

  private double[] saved(long step, int attempt, Shard shard) throws IOException {
    folder.commit(
        new CheckpointManifest(
            CheckpointManifest.FORMAT_VERSION, step, attempt, List.of(shard), Map.of()));
    Tensor into = Tensors.zeros(ScalarType.Double, 100);
    CheckpointReader.read(folder.open(step, attempt), conf, Map.of("t", into));
    return Doubles.of(into);
  }

  /** The local file system, which makes no shard of experts while its gate is shut. */
  static final class GatedFileSystem extends RawLocalFileSystem {
    private static volatile CountDownLatch gate = new CountDownLatch(0);

    @Override
    public URI getUri() {
      return URI.create("gated:///");
    }

    @Override
    public FSDataOutputStream create(
        org.apache.hadoop.fs.Path file,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      try {
        if (file.getName().startsWith("experts")) {
          gate.await();
        }
      } catch (InterruptedException e) {
        throw new InterruptedIOException("killed");
      }
      return super.create(file, overwrite, bufferSize, replication, blockSize, progress);
    }
  }
}
