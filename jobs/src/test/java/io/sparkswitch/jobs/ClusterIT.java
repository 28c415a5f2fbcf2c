package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.faults.Fault;
import io.sparkswitch.jobs.faults.FaultJar;
import io.sparkswitch.jobs.gang.RankPhase;
import io.sparkswitch.jobs.packaging.ClusterFixture;
import io.sparkswitch.jobs.packaging.DeployMode;
import io.sparkswitch.jobs.packaging.ProgramOutput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TinyJourney.Extension.class)
class ClusterIT {
  private static final Map<String, String> REGISTERED =
      Map.of("spark.kryo.registrationRequired", "true");
  private static final Map<String, String> ENCRYPTED =
      Map.of("spark.kryo.registrationRequired", "true", "spark.network.crypto.enabled", "true");

  @TempDir private static Path folder;
  private static ClusterFixture cluster;
  private static TinyJourney journey;

  @BeforeAll
  static void startMasterAndWorkers(TinyJourney shared) throws Exception {
    journey = shared;
    TinyCorpus.write(folder.resolve("corpus"));
    cluster = ClusterFixture.start(folder.resolve("cluster"));
  }

  @AfterAll
  static void endThem() {
    cluster.close();
    assertThat(folder.resolve("cluster")).doesNotExist();
  }

  @Tag("long")
  @Test
  void aVerbRunsInClientMode() throws Exception {
    assertThat(vocab("client", DeployMode.CLIENT).exitCode()).isZero();
    assertThat(folder.resolve("client/spiece.model")).isNotEmptyFile();
  }

  @Test
  void aVerbRunsInClusterMode() throws Exception {
    ProgramOutput result = vocab("cluster-mode", DeployMode.CLUSTER);
    assertThat(folder.resolve("cluster-mode/spiece.model")).as(result.output()).isNotEmptyFile();
    assertThat(Files.readString(folder.resolve("cluster-mode/status.json"))).contains("done");
  }

  @Test
  void theExitCodeOfAWrongSettingArrives() throws Exception {
    ProgramOutput result =
        cluster.submit(
            List.of("vocab", "--corpus", path("corpus"), "--out", path("wrong"), "--set", "a.b=1"),
            REGISTERED,
            DeployMode.CLIENT);
    assertThat(result.exitCode()).as(result.output()).isEqualTo(2);
  }

  /** Where nothing is encrypted. */
  @Tag("long")
  @Test
  void twoExecutorsTrainEncryptedInClientModeAsTheyDoInTheEmbeddedSpark() throws Exception {
    pretrain("cluster-client", DeployMode.CLIENT);
  }

  @Test
  @Tag("long")
  void twoExecutorsTrainEncryptedInClusterModeAsTheyDoInTheEmbeddedSpark() throws Exception {
    pretrain("cluster-cluster", DeployMode.CLUSTER);
  }

  @Test
  @Tag("long")
  void anExecutorKilledUnderAMasterIsReplacedAndNothingIsLost() throws Exception {
    Fault fault = new Fault(0, 1, RankPhase.BACKWARD_EXCHANGE, 13, Fault.Kind.KILL);

    ProgramOutput result = submitWith(List.of(fault), "cluster-killed", 20);

    assertThat(result.output())
        .containsPattern("Lost rank 1 on \\S+ \\(executor \\d\\), at .*backward")
        .containsPattern("Continuing from .*/step-00000010");
    assertSurvived("cluster-killed", result, 20);
  }

  /** Its executor, which has lost its worker, ends itself; the other worker starts another. */
  @Test
  @Tag("long")
  void aLostWorkerIsNoLossEither() throws Exception {
    Fault fault = new Fault(0, 1, RankPhase.BACKWARD_EXCHANGE, 13, Fault.Kind.KILL_WORKER);

    ProgramOutput result;
    try {
      result = submitWith(List.of(fault), "cluster-worker", 20);
    } finally {
      cluster.startWorker();
    }
    assertThat(result.output())
        .containsPattern("Lost rank 1 on \\S+ \\(executor \\d\\), at .*backward")
        .contains("worker lost")
        .containsPattern("Continuing from .*/step-00000010");
    assertSurvived("cluster-worker", result, 20);
  }

  @Test
  @Tag("long")
  void aWorkerThatIsDecommissionedIsLeftAfterACheckpoint() throws Exception {
    List<Fault> faults =
        List.of(
            new Fault(0, 1, RankPhase.COMPUTATION, 13, Fault.Kind.DECOMMISSION_WORKER),
            new Fault(0, 0, RankPhase.COMPUTATION, 15, Fault.Kind.DAWDLE)); // or it is done first

    ProgramOutput result;
    try {
      result = submitWith(faults, "cluster-left", 60);
    } finally {
      cluster.startWorker();
    }

    assertThat(result.output())
        .containsPattern("an executor was told to end, there is a checkpoint of step \\d+")
        .doesNotContain("Lost rank");
    assertSurvived("cluster-left", result, 60);
  }

  private static ProgramOutput submitWith(List<Fault> faults, String out, int steps)
      throws Exception {
    Map<String, String> conf = new HashMap<>(REGISTERED);
    conf.put("spark.jars", FaultJar.write(folder.resolve(out + ".jar")).toString());
    conf.put(Fault.PLAN, Fault.toText(faults));
    conf.put(Fault.NOTES, path(out + "-notes"));
    List<String> arguments =
        journey.pretrain(
            "switch", out, "--set", "training.steps=" + steps, "--set", "gang.suspect-after=2s");
    return cluster.submit(arguments, conf, DeployMode.CLIENT);
  }

  private static void assertSurvived(String out, ProgramOutput result, int steps) throws Exception {
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(folder.resolve(out + "-notes")).isNotEmptyFile();
    assertThat(result.output()).doesNotContain("Going on with");
    assertThat(journey.run(out).losses())
        .isEqualTo(journey.trainedSwitch().losses().subList(0, steps));
  }

  private static void pretrain(String out, DeployMode mode) throws Exception {
    List<String> arguments = journey.pretrain("switch", out, "--set", "training.steps=20");
    ProgramOutput result = cluster.submit(arguments, ENCRYPTED, mode);

    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output())
        .contains("over 2 executor(s)")
        .contains("The exchange is encrypted because Spark is (spark.network.crypto.enabled).");
    assertThat(journey.run(out).losses())
        .isEqualTo(journey.trainedSwitch().losses().subList(0, 20));
  }

  private static ProgramOutput vocab(String out, DeployMode mode) throws Exception {
    List<String> arguments =
        List.of(
            "vocab", "--corpus", path("corpus"), "--out", path(out), "--set", "vocab.pieces=80");
    ProgramOutput result = cluster.submit(arguments, REGISTERED, mode);
    assertThat(result.output()).doesNotContain("Exception");
    return result;
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }
}
