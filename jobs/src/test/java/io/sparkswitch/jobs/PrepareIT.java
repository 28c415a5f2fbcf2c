package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.jobs.packaging.ProgramOutput;
import io.sparkswitch.jobs.packaging.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Preparing on executors in processes of their own, while drivers and executors are killed. */
@ExtendWith(TinyJourney.Extension.class)
class PrepareIT {
  private static TinyJourney journey;
  private static Map<String, String> unbroken;

  @BeforeAll
  static void prepareUndisturbed(TinyJourney shared) throws Exception {
    journey = shared;
    journey.inProcess(
        List.of(
            "demo-corpus",
            "--out",
            journey.path("kill/corpus"),
            "--set",
            "demo-corpus.megabytes=8",
            "--set",
            "demo-corpus.train-files=24"));
    journey.inProcess(command("unbroken"));
    unbroken = shards("unbroken");
    assertThat(unbroken).hasSizeGreaterThanOrEqualTo(24);
  }

  @Test
  void aKilledDriverLeavesNothingBehindAndTheSameCommandEndsWithTheSameBytes() throws Exception {
    assertSurvives("headless", 9);
  }

  @Tag("long")
  @Test
  void norDoSeveralKilledDrivers() throws Exception {
    assertSurvives("hydra", 1, 5, 14);
  }

  /**
   * @param kills after so many finished files
   */
  private static void assertSurvives(String out, int... kills) throws Exception {
    for (int done : kills) {
      RunningProgram driver = journey.start(2, command(out));
      awaitDone(out, done, driver);
      driver.handle().destroyForcibly();
      driver.await(TinyJourney.BOUND);
      assertThat(journey.at("kill/" + out + "/train/_manifests")).doesNotExist();
    }

    String output = journey.launch(2, command(out));

    assertThat(output).contains("which stopped without giving it back");
    assertThat(shards(out)).isEqualTo(unbroken);
    assertThat(journey.at("kill/" + out + "/train/_attempts")).doesNotExist();
    assertThat(journey.at("kill/" + out + "/train/_lease.json")).doesNotExist();
  }

  @Tag("long")
  @Test
  void aSecondRunIsToldToTryAgainAndAKilledExecutorIsReplaced() throws Exception {
    RunningProgram driver = journey.start(2, command("bereft"));
    awaitDone("bereft", 1, driver);

    InProcess.Outcome second = InProcess.run(command("bereft"));

    assertThat(second.code()).as(second.text()).isEqualTo(75);
    assertThat(second.text()).contains("is being written by").contains("wait until it has ended");
    driver
        .handle()
        .children()
        .filter(child -> child.info().command().orElse("").endsWith("/java"))
        .findFirst()
        .orElseThrow()
        .destroyForcibly();
    ProgramOutput result = driver.await(TinyJourney.BOUND);
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(shards("bereft")).isEqualTo(unbroken);
  }

  private static List<String> command(String out) {
    return List.of(
        "prepare",
        "--corpus",
        journey.path("kill/corpus"),
        "--vocab",
        journey.path("vocab"),
        "--out",
        journey.path("kill/" + out),
        "--config",
        journey.path("dense.conf"));
  }

  private static void awaitDone(String out, int files, RunningProgram driver) {
    TinyJourney.awaitJson(journey.at("kill/" + out + "/train/_done"), files, driver);
  }

  /** Digests of the shards' bytes by split and name. */
  private static Map<String, String> shards(String out) throws IOException {
    Path root = journey.at("kill/" + out);
    Map<String, String> digests = new TreeMap<>();
    for (Path file : TinyJourney.files(root, "parquet")) {
      digests.put(root.relativize(file).toString(), Digests.of(Files.newInputStream(file)));
    }
    return digests;
  }
}
