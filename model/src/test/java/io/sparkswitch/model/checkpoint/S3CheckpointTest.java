package io.sparkswitch.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.pipeline.folder.Lease;
import io.sparkswitch.data.pipeline.folder.LeaseHeldException;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.Tensors;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** Checkpoints in an object store: Hadoop's S3 client, and an endpoint on loopback. */
@Timeout(120)
class S3CheckpointTest {
  private static final String BUCKET = "models";
  private static final String SHARD = "experts-attempt-000.safetensors";

  private static S3Proxy endpoint;
  private static Configuration conf;

  private final List<String> said = new ArrayList<>();
  private String root;
  private CheckpointFolder folder;
  private FileSystem files;

  @BeforeAll
  static void start() throws Exception {
    BlobStore inMemory = BlobStores.create("transient-nio2", new Properties());
    inMemory.createContainer(BUCKET);
    endpoint =
        S3Proxy.builder()
            .blobStore(inMemory)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V4, "user", "password")
            .build();
    endpoint.start();
    conf = new Configuration();
    conf.set("fs.s3a.endpoint", "http://127.0.0.1:" + endpoint.getPort());
    conf.set("fs.s3a.endpoint.region", "us-east-1");
    conf.set("fs.s3a.access.key", "user");
    conf.set("fs.s3a.secret.key", "password");
    conf.setBoolean("fs.s3a.path.style.access", true);
    conf.set("fs.s3a.fast.upload.buffer", "array");
  }

  @AfterAll
  static void stop() throws Exception {
    FileSystem.closeAll();
    if (endpoint != null) {
      endpoint.stop();
    }
  }

  @BeforeEach
  void open(TestInfo test) throws Exception {
    root =
        "s3a://%s/%s/checkpoints".formatted(BUCKET, test.getTestMethod().orElseThrow().getName());
    files = new Path(root).getFileSystem(conf);
    folder = new CheckpointFolder(root, conf, said::add);
    folder.create();
    folder.requireVisible();
  }

  @Test
  void whatIsWrittenCommittedAndPrunedIsReadAgain() throws Exception {
    try (PointerScope scope = new PointerScope();
        BackgroundShard shard = new BackgroundShard(folder, 0, "experts")) {
      for (long step = 100; step <= 400; step += 100) {
        shard.begin(step, Map.of("t", Doubles.normal(step, 50)));
        commit(step, shard.written(Duration.ofSeconds(60)).orElseThrow());
        folder.prune(new Retention(2, 0), step);
      }

      assertThat(files.listStatus(new Path(root)))
          .extracting(status -> status.getPath().getName())
          .containsExactly("step-00000300", "step-00000400");
      assertIsOf(400, folder.latest().orElseThrow());
      assertThat(said).isEmpty();
    }
  }

  @Test
  void whatHasNoManifestAndWhatIsNoLongerWholeIsPassedOver() throws Exception {
    try (PointerScope scope = new PointerScope()) {
      for (long step : new long[] {100, 200}) {
        commit(step, write(step));
      }
      write(300);
      // A driver that was killed while it committed: an object that was not sent is not there.
      FSDataOutputStream killed = files.create(new Path(root, "step-00000300/manifest-000.json"));
      killed.write('{');
      try (FSDataOutputStream shorter =
          files.create(new Path(root, "step-00000200/" + SHARD), true)) {
        shorter.write(new byte[40]);
      }

      assertIsOf(100, folder.latest().orElseThrow());
      assertThat(said).hasSize(2);
      assertThat(said.get(0)).contains("step-00000300", "it has no manifest");
      assertThat(said.get(1)).contains("step-00000200", SHARD + " has 40 bytes instead of");
    }
  }

  @Test
  void numbersOfAttemptsAreGivenOnce() throws Exception {
    assertThat(new AttemptNumbers(root, conf).claim()).isZero();
    assertThat(new AttemptNumbers(root, conf).claim()).isEqualTo(1);
    assertThat(new AttemptNumbers(root, conf).claim()).isEqualTo(2);
  }

  @Test
  void numbersThatManyWantAtOnceAreGivenOnceToo() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<Integer>> claims = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      claims.add(threads.submit(() -> new AttemptNumbers(root, conf).claim()));
    }
    List<Integer> numbers = new ArrayList<>();
    for (Future<Integer> claim : claims) {
      numbers.add(claim.get());
    }
    threads.shutdown();

    assertThat(numbers).doesNotHaveDuplicates().hasSize(12);
  }

  @Test
  void whoComesSecondDoesNotGetTheLease() throws Exception {
    Path run = new Path(root);
    try (Lease first = Lease.acquire(run, conf, "first", Clock.systemUTC(), said::add)) {
      assertThatThrownBy(() -> Lease.acquire(run, conf, "second", Clock.systemUTC(), said::add))
          .isInstanceOf(LeaseHeldException.class)
          .hasMessageContaining("first");
      first.requireHeld();
    }
    Lease.acquire(run, conf, "second", Clock.systemUTC(), said::add).close();
  }

  private Shard write(long step) throws Exception {
    return folder.writeShard(step, 0, "experts", Map.of("t", Doubles.normal(step, 50)));
  }

  private void commit(long step, Shard shard) throws Exception {
    folder.commit(
        new CheckpointManifest(
            CheckpointManifest.FORMAT_VERSION, step, 0, List.of(shard), Map.of()));
  }

  private static void assertIsOf(long step, Committed committed) throws Exception {
    assertThat(committed.manifest().step()).isEqualTo(step);
    Tensor read = Tensors.zeros(ScalarType.Double, 50);
    CheckpointReader.read(committed, conf, Map.of("t", read));
    assertThat(Doubles.of(read)).isEqualTo(Doubles.of(Doubles.normal(step, 50)));
  }
}
