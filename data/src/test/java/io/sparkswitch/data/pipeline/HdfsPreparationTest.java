package io.sparkswitch.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.clean.CleaningSettings;
import io.sparkswitch.data.pipeline.cut.Cleaning;
import io.sparkswitch.data.pipeline.folder.ExclusionLists;
import io.sparkswitch.data.pipeline.folder.Lease;
import io.sparkswitch.data.pipeline.folder.LeaseHeldException;
import io.sparkswitch.data.pipeline.folder.ShardFolder;
import io.sparkswitch.data.pipeline.vocabulary.CorpusVocabulary;
import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.source.Split;
import io.sparkswitch.data.token.train.UnigramSettings;
import io.sparkswitch.data.token.train.UnigramTrainer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Preparing from an HDFS to an HDFS; a real one of one node, on loopback. */
@Timeout(180)
class HdfsPreparationTest {
  private static final int LENGTH = 20;

  @TempDir static Path local;
  private static SparkSession spark;
  private static JavaSparkContext sc;
  private static MiniDFSCluster hdfs;

  @BeforeAll
  static void start() throws IOException {
    spark = LocalSpark.start();
    sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, local.resolve("hdfs").toString());
    hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    hdfs.waitActive();
    for (int f = 0; f < 3; f++) {
      TestCorpus.write(local.resolve("corpus"), "train", f, TestCorpus.lines(texts(f)));
    }
    upload(local.resolve("corpus").toString(), "/corpus");
    byte[] model =
        UnigramTrainer.train(
            CorpusVocabulary.countWords(
                sc,
                io.sparkswitch.data.source.Corpus.files(
                    uri("/corpus"), sc.hadoopConfiguration(), Split.TRAIN),
                1000),
            UnigramSettings.of(60));
    Path file = java.nio.file.Files.write(local.resolve("spiece.model"), model);
    upload(file.toString(), "/spiece.model");
  }

  @AfterAll
  static void stop() {
    spark.stop();
    if (hdfs != null) {
      // Not shutdown(): it forgets this process's shutdown hooks, by which Spark removes its
      // folders.
      hdfs.shutdownDataNodes();
      hdfs.shutdownNameNodes();
    }
  }

  @Test
  void aKilledRunAndANewFileEndWithTheShardsOfAnUnbrokenRun() throws IOException {
    ShardManifest whole = prepare("/whole", Cleaning.none()).manifest();
    ShardManifest broken = prepare("/broken", Cleaning.none()).manifest();
    FileSystem files = hdfs.getFileSystem();
    files.delete(path("/broken/_manifests"), true);
    ShardFolder.write(broken.sources().get(1), path("/broken"), sc.hadoopConfiguration());
    files.delete(path("/broken/" + broken.files().get(0).name()), false);
    files.create(path("/broken/_attempts/shard.1")).close();

    ShardManifest again = prepare("/broken", Cleaning.none()).manifest();

    assertThat(again).isEqualTo(whole);
    assertThat(digests("/broken", again)).isEqualTo(digests("/whole", whole));
    assertThat(files.exists(path("/broken/_attempts"))).isFalse();
    assertThat(prepare("/broken", Cleaning.none()).outcome())
        .isEqualTo(PrepareSummary.Outcome.NOTHING_NEW);
    assertThat(spark.read().parquet(uri("/broken")).count()).isEqualTo(whole.totals().segments());
  }

  @Test
  void duplicatesAreFoundThereToo() {
    Cleaning lines = new Cleaning(CleaningSettings.off(), Map.of(), Cleaning.Duplicates.LINES);

    ShardManifest manifest = prepare("/unique", lines).manifest();

    assertThat(manifest.documents().kept()).isEqualTo(3L * 40);
    assertThat(ShardSet.open(uri("/unique"), sc.hadoopConfiguration()).segments()).isPositive();
  }

  @Test
  void aHeldLeaseRefusesTheSecondRun() throws IOException {
    Configuration conf = sc.hadoopConfiguration();
    try (Lease lease = Lease.acquire(path("/held"), conf, "nightly", Clock.systemUTC(), s -> {})) {
      assertThatThrownBy(() -> prepare("/held", Cleaning.none()))
          .isInstanceOf(LeaseHeldException.class)
          .hasMessageContaining("is being written by nightly");
      lease.requireHeld();
    }
    assertThat(hdfs.getFileSystem().exists(path("/held/_lease.json"))).isFalse();
  }

  @Test
  void documentsAreTakenDownOnceAndRunsThatBeganBeforeAreTold() throws IOException {
    ShardManifest before = prepare("/taken", Cleaning.none()).manifest();
    String url = TestCorpus.url(1, 7);

    ShardManifest after = prepare("/taken", Cleaning.none(), List.of(url)).manifest();

    assertThat(after.documents().dropped()).containsExactly(Map.entry("excluded-url", 1L));
    Configuration conf = sc.hadoopConfiguration();
    assertThat(ExclusionLists.read(path("/taken"), conf).pending().isEmpty()).isTrue();
    assertThat(prepare("/taken", Cleaning.none()).outcome())
        .isEqualTo(PrepareSummary.Outcome.NOTHING_NEW);
    String digest = before.dataDigest();
    assertThatThrownBy(() -> ShardSet.openPinned(uri("/taken"), digest, conf))
        .hasMessageContaining("documents were taken down after manifest 1 was written");
  }

  private static PrepareSummary prepare(String folder, Cleaning cleaning) {
    return prepare(folder, cleaning, List.of());
  }

  private static PrepareSummary prepare(String folder, Cleaning cleaning, List<String> excluded) {
    return CorpusPreparation.prepare(
        sc,
        new PrepareRequest(
            uri("/corpus"),
            Split.TRAIN,
            uri("/spiece.model"),
            new PrepareRules(new ShardSettings(LENGTH, 8), cleaning, 0, excluded),
            new ShardOutput(uri(folder), ShardOutput.Existing.KEEP, Map.of())),
        PrepareProgress.NONE);
  }

  private static List<String> texts(int file) {
    return TestCorpus.texts(file, 40);
  }

  private static void upload(String from, String to) throws IOException {
    hdfs.getFileSystem()
        .copyFromLocalFile(new org.apache.hadoop.fs.Path(from), new org.apache.hadoop.fs.Path(to));
  }

  private static String uri(String path) {
    return hdfs.getURI().resolve(path).toString();
  }

  private static org.apache.hadoop.fs.Path path(String path) {
    return new org.apache.hadoop.fs.Path(uri(path));
  }

  private static Map<String, String> digests(String folder, ShardManifest manifest)
      throws IOException {
    Map<String, String> digests = new TreeMap<>();
    for (ShardFile file : manifest.files()) {
      try (var in = hdfs.getFileSystem().open(path(folder + "/" + file.name()))) {
        digests.put(file.name(), Digests.of(in));
      }
    }
    return digests;
  }
}
