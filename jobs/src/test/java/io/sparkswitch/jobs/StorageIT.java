package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.faults.Fault;
import io.sparkswitch.jobs.faults.FaultJar;
import io.sparkswitch.jobs.gang.RankPhase;
import io.sparkswitch.jobs.packaging.ProgramOutput;
import io.sparkswitch.jobs.track.MetricsLog;
import io.sparkswitch.jobs.track.OutputFolder;
import io.sparkswitch.jobs.track.StepMetrics;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** From text to an exported student where nothing lies on a local disk. */
@Tag("long")
@ExtendWith(TinyJourney.Extension.class)
class StorageIT {
  private static final String[] FEWER = {"--set", "training.steps=20"};
  private static final String BUCKET = "journey";

  @TempDir private static Path local;
  private static TinyJourney journey;
  private static List<Double> losses;
  private static MiniDFSCluster hdfs;

  @BeforeAll
  static void start(TinyJourney shared) throws IOException {
    journey = shared;
    journey.inProcess(journey.pretrain("switch", "on-disk", FEWER));
    losses = journey.run("on-disk").losses();
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, local.resolve("hdfs").toString());
    hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    hdfs.waitActive();
  }

  @AfterAll
  static void stop() {
    // Not shutdown(): it forgets this process's shutdown hooks, by which Spark removes its folders.
    if (hdfs != null) {
      hdfs.shutdownDataNodes();
      hdfs.shutdownNameNodes();
    }
  }

  @Test
  void onHdfs() throws IOException {
    assertJourney(hdfs.getFileSystem().getUri() + "/journey", Map.of());
  }

  @Test
  void onAnObjectStore() throws Exception {
    BlobStore inMemory = BlobStores.create("transient-nio2", new Properties());
    inMemory.createContainer(BUCKET);
    S3Proxy endpoint =
        S3Proxy.builder()
            .blobStore(inMemory)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V4, "user", "password")
            .build();
    endpoint.start();
    try {
      assertJourney(
          "s3a://" + BUCKET,
          Map.of(
              "fs.s3a.endpoint", "http://127.0.0.1:" + endpoint.getPort(),
              "fs.s3a.endpoint.region", "us-east-1",
              "fs.s3a.access.key", "user",
              "fs.s3a.secret.key", "password",
              "fs.s3a.path.style.access", "true",
              "fs.s3a.fast.upload.buffer", "array"));
    } finally {
      FileSystem.closeAll();
      endpoint.stop();
    }
  }

  private static void assertJourney(String root, Map<String, String> settings) throws IOException {
    Configuration conf = new Configuration();
    settings.forEach(conf::set);
    FileSystem files = new org.apache.hadoop.fs.Path(root).getFileSystem(conf);
    for (String folder : List.of("corpus", "vocab")) {
      files.copyFromLocalFile(hadoop(journey.path(folder)), hadoop(root + "/" + folder));
    }
    Map<String, String> spark = new HashMap<>();
    settings.forEach((key, value) -> spark.put("spark.hadoop." + key, value));

    run(journey.prepare(), root, spark);
    run(journey.pretrain("switch", "switch", "--set", "training.steps=10"), root, spark);
    String again = run(journey.pretrain("switch", "switch", FEWER), root, spark);
    run(TinyJourney.with(journey.teach("targets", "--set", "teach.top-k=16"), FEWER), root, spark);
    run(
        TinyJourney.with(journey.distill("student", FEWER), "--targets", journey.path("targets")),
        root,
        spark);
    run(
        List.of("evaluate", "--run", journey.path("student"), "--shards", journey.path("shards")),
        root,
        spark);
    run(
        List.of(
            "export",
            "--run",
            journey.path("student"),
            "--vocab",
            journey.path("vocab"),
            "--to",
            journey.path("student-hf")),
        root,
        spark);

    assertThat(again).contains("Resuming at step 10.");
    assertThat(lossesOf(root + "/switch", conf))
        .as("those of the same training on a local disk")
        .isEqualTo(losses);
    assertThat(lossesOf(root + "/student", conf)).hasSize(20);
    assertThat(OutputFolder.of(root + "/student", conf).read("evaluation.json"))
        .hasValueSatisfying(text -> assertThat(text).contains("negLogPerplexity"));
    assertThat(OutputFolder.of(root + "/student-hf", conf).read("config.json"))
        .hasValueSatisfying(text -> assertThat(text).contains("\"t5\""));
  }

  @Test
  void anExecutorKilledWhileItWritesToHdfsIsNoLoss() throws Exception {
    String root = hdfs.getFileSystem().getUri() + "/stricken";
    hdfs.getFileSystem()
        .copyFromLocalFile(hadoop(journey.path("shards")), hadoop(root + "/shards"));
    Fault fault = new Fault(0, 1, RankPhase.CHECKPOINT_WRITE, 40, Fault.Kind.KILL);

    ProgramOutput result =
        journey
            .start(
                2,
                moved(journey.pretrain("switch", "run"), root),
                "--jars",
                FaultJar.write(journey.at("hdfs-faults.jar")).toString(),
                "--conf",
                Fault.PLAN + "=" + Fault.toText(List.of(fault)),
                "--conf",
                Fault.NOTES + "=" + journey.at("hdfs-notes"))
            .await(TinyJourney.BOUND);

    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output())
        .contains("Lost rank 1 on ")
        .containsPattern("Continuing from hdfs://.*/run/checkpoints/step-00000030");
    hdfs.getFileSystem().copyToLocalFile(hadoop(root + "/run"), hadoop(journey.path("from-hdfs")));
    TrainedRun unbroken = journey.trainedSwitch();
    TrainedRun run = journey.run("from-hdfs");
    assertThat(run.metricsWithoutTime()).isEqualTo(unbroken.metricsWithoutTime());
    assertThat(run.digests(TinyJourney.STEPS)).isEqualTo(unbroken.digests(TinyJourney.STEPS));
  }

  @Test
  void aTextOnHdfsIsTheOldOneOrTheNewOne() throws Exception {
    OutputFolder folder =
        OutputFolder.of(hdfs.getFileSystem().getUri() + "/texts", new Configuration());
    List<String> texts = List.of("a".repeat(100_000), "b".repeat(200_000));
    folder.write("text", texts.get(0));
    Set<String> seen = new HashSet<>();
    ExecutorService writer = Executors.newSingleThreadExecutor();
    try {
      Future<?> written =
          writer.submit(
              () -> {
                for (int i = 1; i <= 200; i++) {
                  folder.write("text", texts.get(i % 2));
                }
                return null;
              });
      while (!written.isDone()) {
        seen.add(folder.read("text").orElse("no file"));
      }
      written.get();
    } finally {
      writer.shutdown();
    }
    assertThat(seen).containsExactlyInAnyOrderElementsOf(texts);
  }

  private static String run(List<String> verb, String root, Map<String, String> spark) {
    InProcess.Outcome outcome = InProcess.run(moved(verb, root), spark);
    assertThat(outcome.code()).as(outcome.text()).isZero();
    return outcome.text();
  }

  /** The same command for another place; its configuration stays where it is. */
  private static List<String> moved(List<String> verb, String root) {
    String here = journey.path("");
    return verb.stream()
        .map(
            word ->
                word.startsWith(here) && !word.endsWith(".conf")
                    ? root + word.substring(here.length())
                    : word)
        .toList();
  }

  private static List<Double> lossesOf(String run, Configuration conf) throws IOException {
    return MetricsLog.read(OutputFolder.of(run, conf)).stream().map(StepMetrics::loss).toList();
  }

  private static org.apache.hadoop.fs.Path hadoop(String path) {
    return new org.apache.hadoop.fs.Path(path);
  }
}
