package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.pipeline.folder.Lease;
import io.sparkswitch.jobs.packaging.ProgramOutput;
import io.sparkswitch.jobs.track.StepMetrics;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What cannot work is refused with a sentence before anything is computed. */
@ExtendWith(TinyJourney.Extension.class)
class RefusalsIT {
  private static TinyJourney journey;

  @BeforeAll
  static void prepare(TinyJourney shared) {
    journey = shared;
  }

  @Test
  void aRunFolderThatAnotherDriverWorksIn() throws Exception {
    Path folder = Files.createDirectories(journey.at("leased"));
    Files.writeString(folder.resolve("status.json"), "theirs");
    org.apache.hadoop.fs.Path leased = new org.apache.hadoop.fs.Path(folder.toString());
    try (Lease lease =
        Lease.acquire(leased, new Configuration(), "somebody", Clock.systemUTC(), word -> {})) {
      refused(75, journey.pretrain("dense", "leased"))
          .contains("leased is being written by somebody on")
          .contains("process " + ProcessHandle.current().pid());
      lease.requireHeld();
    }
    assertThat(folder.resolve("status.json")).hasContent("theirs");
  }

  @Test
  void aPortThatSomebodyElseListensOn() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      InProcess.Outcome outcome =
          InProcess.run(
              journey.pretrain(
                  "dense",
                  "refused",
                  "--set",
                  "exchange.bind-host=127.0.0.1",
                  "--set",
                  "exchange.port=" + taken.getLocalPort()),
              Map.of("spark.port.maxRetries", "0"));

      assertThat(outcome.code()).as(outcome.text()).isEqualTo(2);
      assertThat(outcome.text())
          .contains(
              "the driver cannot listen on 127.0.0.1, ports %d".formatted(taken.getLocalPort()))
          .contains("exchange.port, spark.port.maxRetries = 0");
    }
  }

  @Test
  void anUnknownKey() {
    refused(2, journey.pretrain("dense", "refused", "--set", "training.stepz=3"))
        .contains("unknown key training.stepz; did you mean training.steps?");
  }

  @Test
  void missingShards() {
    refused(
            3,
            List.of(
                "pretrain",
                "--shards",
                journey.path("nowhere"),
                "--out",
                journey.path("refused"),
                "--config",
                journey.path("dense.conf")))
        .contains("nowhere/train");
  }

  @Test
  void anotherVocabularyThanTheShards() {
    journey.inProcess(
        List.of(
            "vocab",
            "--corpus",
            journey.path("corpus"),
            "--out",
            journey.path("other-vocab"),
            "--set",
            "vocab.pieces=280"));

    refused(2, journey.pretrain("dense", "refused", "--vocab", journey.path("other-vocab")))
        .contains("has a vocabulary of 280 pieces")
        .contains("the training shards have 300");
  }

  @Test
  void segmentsOfAnotherLength() {
    refused(2, journey.pretrain("dense", "refused", "--set", "data.inputs-length=64"))
        .contains("data.inputs-length = 64");
  }

  @Test
  void dynamicAllocationExplicitlyAskedFor() {
    InProcess.Outcome outcome =
        InProcess.run(
            journey.pretrain("dense", "refused"),
            Map.of("spark.dynamicAllocation.enabled", "true"));

    assertThat(outcome.code()).as(outcome.text()).isEqualTo(2);
    assertThat(outcome.text()).contains("spark.dynamicAllocation.enabled = true is not allowed");
  }

  @Tag("long")
  @Test
  void fewerExecutorsThanAskedFor() throws Exception {
    long startedAt = System.nanoTime();
    ProgramOutput result =
        journey
            .start(2, journey.pretrain("switch", "refused", "--set", "gang.executors=5"))
            .await(TinyJourney.BOUND);

    assertThat(result.exitCode()).as(result.output()).isEqualTo(2);
    assertThat(result.output())
        .contains("gang.executors = 5, but Spark was asked for 2")
        .contains("local-cluster[EXECUTORS,1,1536]")
        .contains("set gang.executors to at most 2");
    // With Spark's start; waiting for executors would take gang.startup-wait, 120 s.
    assertThat(Duration.ofNanos(System.nanoTime() - startedAt)).isLessThan(Duration.ofSeconds(60));
  }

  @Test
  void lengthsThatCannotBeMasked() {
    refused(2, TinyJourney.with(journey.prepare(), "--set", "data.inputs-length=2048"))
        .contains("data.inputs-length = 2048")
        .contains("there are 100 sentinels");
  }

  @Test
  void aStudentOfOtherSizesThanItsTeacher() throws Exception {
    journey.anySwitch();

    refused(2, journey.distill("refused", "--set", "model.d-model=48"))
        .contains("embed is 32 in the teacher and 48 in the student");
  }

  @Test
  void moreSoftTargetsThanTheVocabularyHas() throws Exception {
    journey.anySwitch();

    refused(2, journey.teach("refused", "--set", "teach.top-k=5000"))
        .contains("teach.top-k = 5000, but the vocabulary has 512 rows");
  }

  @Test
  void aSentinelThatThereIsNot() throws Exception {
    journey.anySwitch();

    refused(2, journey.generate("One <extra_id_100> too many."))
        .contains("sentinel 100 is outside [0, 100)");
  }

  @Test
  void aVocabularyFileThatWasReplaced() throws Exception {
    journey.anySwitch();
    TinyJourney.copy(journey.at("vocab"), journey.at("replaced"));
    Files.writeString(journey.at("replaced/spiece.model"), "another model");

    refused(
            3,
            List.of(
                "generate",
                "--run",
                journey.path("switch"),
                "--vocab",
                journey.path("replaced"),
                "A <extra_id_0>."))
        .contains("replaced/spiece.model is not the model that vocabulary.json describes");
  }

  @Test
  void aDamagedShardWhichIsNamed() throws Exception {
    TinyJourney.copy(journey.at("shards"), journey.at("damaged-shards"));
    Path shard = TinyJourney.files(journey.at("damaged-shards/train"), "parquet").get(0);
    byte[] bytes = Files.readAllBytes(shard);
    for (int at = 2_000; at < bytes.length - 4_000; at += 500) {
      bytes[at] ^= 1;
    }
    Files.write(shard, bytes);

    InProcess.Outcome outcome =
        InProcess.run(
            List.of(
                "pretrain",
                "--shards",
                journey.path("damaged-shards"),
                "--out",
                journey.path("refused"),
                "--config",
                journey.path("dense.conf")));

    assertThat(outcome.code()).as(outcome.text()).isEqualTo(3);
    assertThat(outcome.text())
        .contains("of shard language=en/" + shard.getFileName())
        .contains("run prepare again with --fresh");
  }

  @Test
  void aFreshStartThatCannotBeginLeavesTheOldRun() throws Exception {
    List<String> command = journey.pretrain("dense", "kept", "--set", "training.steps=10");
    journey.inProcess(command);
    Map<String, String> before = journey.run("kept").digests(10);

    InProcess.Outcome outcome =
        InProcess.run(TinyJourney.with(command, "--fresh", "--set", "gang.executors=3"));

    assertThat(outcome.code()).as(outcome.text()).isEqualTo(2);
    assertThat(outcome.text()).contains("gang.executors = 3, but Spark was asked for 1");
    assertThat(journey.run("kept").digests(10)).isEqualTo(before);
    assertThat(journey.run("kept").metrics()).hasSize(10);
    assertThat(journey.inProcess(TinyJourney.with(command, "--fresh"))).contains("at step 0");
    assertThat(journey.run("kept").digests(10)).isEqualTo(before);
  }

  @Test
  void anotherConfigurationInARunsFolderWhichStaysAsItWas() throws Exception {
    journey.anySwitch();
    String before = Files.readString(journey.at("switch/config.conf"));

    refused(2, TinyJourney.with(journey.pretrainSwitch(), "--set", "model.dropout-rate=0.2"))
        .contains("was made with modelHash")
        .contains("(model.dropout-rate was 0.1 and is 0.2)")
        .contains("give --fresh to start over, or another --out");

    assertThat(journey.at("switch/config.conf")).hasContent(before);
  }

  @Tag("long")
  @Test
  void aDamagedCheckpointWhichIsPassedOverWithAWarning() throws Exception {
    List<String> command =
        journey.pretrain(
            "dense",
            "damaged",
            "--set",
            "training.steps=20",
            "--set",
            "training.log-every=7"); // a checkpoint at step 10 lies within an interval
    journey.inProcess(command);
    TrainedRun run = journey.run("damaged");
    var metrics = run.metricsWithoutTime();
    Map<String, String> digests = run.digests(20);
    Committed newest = run.checkpoint(20);
    Path shard =
        Path.of(newest.folder().toUri().getPath())
            .resolve(newest.manifest().shards().get(0).file());
    byte[] bytes = Files.readAllBytes(shard);
    bytes[bytes.length - 1] ^= 1;
    Files.write(shard, bytes);

    String output = journey.launch(1, command);

    assertThat(output)
        .containsPattern("Checkpoint .*step-00000020 is passed over: ")
        .contains("Resuming at step 10");
    assertThat(run.metrics()).extracting(StepMetrics::step).containsExactly(7L, 10L, 14L, 20L);
    assertThat(run.metricsWithoutTime()).isEqualTo(metrics);
    assertThat(run.digests(20)).isEqualTo(digests);
  }

  private static AbstractStringAssert<?> refused(int code, List<String> command) {
    InProcess.Outcome outcome = InProcess.run(command);
    assertThat(outcome.code()).as(outcome.text()).isEqualTo(code);
    return assertThat(outcome.text()).doesNotContain("starting Spark").doesNotContain("\tat ");
  }
}
