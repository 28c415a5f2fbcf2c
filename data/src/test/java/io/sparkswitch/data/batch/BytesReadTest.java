package io.sparkswitch.data.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.batch.corruption.SpanCorruption;
import io.sparkswitch.data.batch.mixture.Mixture;
import io.sparkswitch.data.batch.mixture.PartUsage;
import io.sparkswitch.data.batch.order.Shuffling;
import io.sparkswitch.data.batch.window.ShardParts;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.shard.TestShards;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.server.datanode.DataNode;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What streams read of an HDFS; a real one of one node, on loopback. */
@Timeout(180)
class BytesReadTest {
  private static final SpanCorruption CORRUPTION =
      SpanCorruption.of(TestShards.VOCABULARY, 512, 0.15, 3);
  private static final ShardSettings SETTINGS =
      new ShardSettings(CORRUPTION.lengths().segment(), 256);
  private static final int ROW_GROUPS = 16;
  private static final int EPOCHS = 3;

  @TempDir static Path local;
  private static MiniDFSCluster hdfs;
  private static ShardSet shards;

  @BeforeAll
  static void start() throws IOException {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, local.resolve("hdfs").toString());
    hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    hdfs.waitActive();
    Path folder = local.resolve("shards");
    TestShards.write(folder, SETTINGS, 1024, 1024, 1024, 1024);
    var there = new org.apache.hadoop.fs.Path(hdfs.getURI().resolve("/shards"));
    FileSystem files = hdfs.getFileSystem();
    files.copyFromLocalFile(new org.apache.hadoop.fs.Path(folder.toString()), there);
    shards = ShardSet.open(there.toString(), conf);
  }

  @AfterAll
  static void stop() {
    if (hdfs != null) {
      // Not shutdown(): it forgets this process's shutdown hooks, by which Spark removes its
      // folders.
      hdfs.shutdownDataNodes();
      hdfs.shutdownNameNodes();
    }
  }

  @Test
  void theClusterListensOnLoopbackOnly() {
    assertThat(hdfs.getNameNode().getNameNodeAddress().getAddress().isLoopbackAddress()).isTrue();
    assertThat(hdfs.getNameNode().getHttpAddress().getAddress().isLoopbackAddress()).isTrue();
    assertThat(hdfs.getDataNodes()).hasSize(1);
    for (DataNode node : hdfs.getDataNodes()) {
      assertThat(node.getXferAddress().getAddress().isLoopbackAddress()).isTrue();
    }
  }

  @Test
  void trainingReadsAtMostATenthMoreThanTheTokensOfItsWindows() throws IOException {
    long needed = EPOCHS * tokenBytes();
    long before = bytesRead();
    try (BatchStream stream = BatchStream.training(shards, CORRUPTION, 256, 1, 2)) {
      for (int step = 0; step < EPOCHS * ROW_GROUPS; step++) {
        assertThat(stream.batch(step).epochs()).containsOnly(step / ROW_GROUPS);
      }
    }
    assertThat((double) (bytesRead() - before) / needed).isBetween(0.9, 1.1);
  }

  @Test
  void aMixtureReadsAtMostATenthMoreToo() throws IOException {
    ShardParts parts = ShardParts.by(shards, group -> group.file() < 2 ? "a" : "b");
    Mixture mixture = Mixture.ofWeights(Map.of("a", 1.0, "b", 1.0)).inBlocksOf(512);
    long needed = EPOCHS * tokenBytes();
    long before = bytesRead();
    try (BatchStream stream =
        BatchStream.training(parts, mixture, CORRUPTION, 256, new Shuffling(1, 4))) {
      for (int step = 0; step < EPOCHS * ROW_GROUPS; step++) {
        stream.batch(step);
      }
      assertThat(stream.usage((long) EPOCHS * ROW_GROUPS))
          .extracting(PartUsage::epochs)
          .containsExactly((double) EPOCHS, (double) EPOCHS);
    }
    assertThat((double) (bytesRead() - before) / needed).isBetween(0.9, 1.1);
  }

  @Test
  void aResumeReadsItsWindowAndTheNextOnly() throws IOException {
    long before = bytesRead();
    try (BatchStream stream = BatchStream.training(shards, CORRUPTION, 256, 1, 2)) {
      stream.batch(1_000_001);
    }
    // Windows of 2 of 16 row groups.
    assertThat((double) (bytesRead() - before) / tokenBytes()).isBetween(2.0 / 16, 4.4 / 16);
  }

  private static long bytesRead() {
    return FileSystem.getStatistics("hdfs", DistributedFileSystem.class).getBytesRead();
  }

  /** Stored bytes of the token columns of all shards. */
  private static long tokenBytes() throws IOException {
    long bytes = 0;
    int rowGroups = 0;
    for (ShardFile file : shards.manifest().files()) {
      var path = new org.apache.hadoop.fs.Path(local.resolve("shards/" + file.name()).toString());
      try (ParquetFileReader reader =
          ParquetFileReader.open(HadoopInputFile.fromPath(path, TestShards.CONF))) {
        for (BlockMetaData block : reader.getRowGroups()) {
          rowGroups++;
          for (ColumnChunkMetaData column : block.getColumns()) {
            bytes +=
                column.getPath().toDotString().startsWith("tokens.") ? column.getTotalSize() : 0;
          }
        }
      }
    }
    assertThat(rowGroups).isEqualTo(ROW_GROUPS);
    return bytes;
  }
}
