package io.sparkswitch.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints on an HDFS; a real one of one node, on loopback. */
@Timeout(120)
class HdfsCheckpointTest {
  private static final String SHARD = "experts-attempt-000.safetensors";

  @TempDir static Path local;
  private static MiniDFSCluster hdfs;

  @BeforeAll
  static void start() throws IOException {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, local.toString());
    hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    hdfs.waitActive();
  }

  @AfterAll
  static void stop() {
    if (hdfs != null) {
      hdfs.shutdown(true);
    }
  }

  @Test
  void checkpointsAreWrittenPrunedPassedOverAndRead() throws Exception {
    String root = hdfs.getURI().resolve("/run/checkpoints").toString();
    Configuration conf = hdfs.getConfiguration(0);
    List<String> said = new ArrayList<>();
    CheckpointFolder folder = new CheckpointFolder(root, conf, said::add);
    FileSystem files = hdfs.getFileSystem();
    try (PointerScope scope = new PointerScope();
        BackgroundShard shard = new BackgroundShard(folder, 0, "experts")) {
      for (long step = 100; step <= 400; step += 100) {
        shard.begin(step, Map.of("t", Doubles.normal(step, 50)));
        Shard written = shard.written(Duration.ofSeconds(30)).orElseThrow();
        folder.commit(
            new CheckpointManifest(
                CheckpointManifest.FORMAT_VERSION, step, 0, List.of(written), Map.of()));
        folder.prune(new Retention(2, 0), step);
      }
      assertThat(files.listStatus(path(root, "")))
          .extracting(status -> status.getPath().getName())
          .containsExactly("step-00000300", "step-00000400");

      try (FSDataOutputStream shorter = files.create(path(root, "step-00000400/" + SHARD), true)) {
        shorter.write(new byte[40]);
      }
      // A driver that was killed while it committed: the file is there, open and empty.
      FSDataOutputStream killed = files.create(path(root, "step-00000500/manifest-001.json"));

      CheckpointFolder.Committed used = folder.latest().orElseThrow();
      assertThat(used.manifest().step()).isEqualTo(300);
      assertThat(said).hasSize(2);
      assertThat(said.get(0)).contains("step-00000500", "manifest-001.json was never finished");
      assertThat(said.get(1)).contains("step-00000400", SHARD + " has 40 bytes instead of");
      Tensor read = Tensors.zeros(ScalarType.Double, 50);
      CheckpointReader.read(used, conf, Map.of("t", read));
      assertThat(Doubles.of(read)).isEqualTo(Doubles.of(Doubles.normal(300, 50)));
      killed.close();
    }
  }

  private static org.apache.hadoop.fs.Path path(String root, String name) {
    return new org.apache.hadoop.fs.Path(name.isEmpty() ? root : root + "/" + name);
  }
}
