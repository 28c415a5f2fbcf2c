package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.distill.target.Distributions;
import io.sparkswitch.distill.target.SoftTargets;
import io.sparkswitch.distill.target.store.SoftTargetsReader;
import io.sparkswitch.distill.target.store.TargetFile;
import io.sparkswitch.jobs.packaging.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Soft targets from executors in processes of their own, while drivers and executors are killed.
 */
@Tag("long")
@ExtendWith(TinyJourney.Extension.class)
class TeachIT {
  private static final int STEPS = 400;
  private static final int DRAWS = 20;

  private static TinyJourney journey;
  private static SoftTargetsReader unbroken;

  @BeforeAll
  static void teachUndisturbed(TinyJourney shared) throws Exception {
    journey = shared;
    journey.trainedSwitch();
    journey.launch(2, teach("taught"));
    unbroken = reader("taught");
  }

  @Test
  void aKilledDriverLeavesChunksAndTheSameCommandEndsWithTheSameBytes() throws Exception {
    RunningProgram driver = journey.start(2, teach("headless"));
    awaitChunks("headless", 3, driver);
    driver.handle().destroyForcibly();
    driver.await(TinyJourney.BOUND);
    assertThat(journey.at("headless/manifest.json")).doesNotExist();

    String output = journey.launch(2, teach("headless"));

    assertThat(output).containsPattern("Resuming at step [1-9]\\d+ of 400");
    assertThat(digests("headless")).isEqualTo(digests("taught"));
    assertThat(journey.at("headless/_chunks")).doesNotExist();
    assertSameRows("headless", unbroken);
  }

  /** Which of two tokens a draw at their edge is, rounding may decide. */
  @Test
  void goneOnWithOnOneExecutorInsteadOfTwoHardlyADrawIsAnother() throws Exception {
    RunningProgram driver = journey.start(2, teach("fewer"));
    awaitChunks("fewer", 3, driver);
    driver.handle().destroyForcibly();
    driver.await(TinyJourney.BOUND);

    assertThat(journey.inProcess(teach("fewer"))).contains("Resuming at step");

    long draws = 0;
    long others = 0;
    SoftTargetsReader reader = whole("fewer");
    for (long step = 0; step < STEPS; step++) {
      List<SoftTargets> expected = unbroken.rows(step, 0, 8);
      List<SoftTargets> actual = reader.rows(step, 0, 8);
      for (int i = 0; i < 8; i++) {
        assertThat(actual.get(i).key()).isEqualTo(expected.get(i).key());
        draws += (long) DRAWS * expected.get(i).positions();
        others += otherDraws(actual.get(i).distributions(), expected.get(i).distributions());
      }
    }
    assertThat(others).as("of %d draws", draws).isLessThan(draws / 10_000);
  }

  @Test
  void inFloat64OneExecutorMakesTheRowsOfTwo() throws Exception {
    String[] float64 = {"--set", "training.precision=float64"};
    journey.launch(2, TinyJourney.with(teach("wide"), float64));

    journey.inProcess(TinyJourney.with(teach("wide-alone"), float64));

    assertSameRows("wide-alone", whole("wide"));
  }

  @Test
  void aKilledExecutorIsReplacedAndOnlyItsChunkIsDoneAgain() throws Exception {
    RunningProgram driver = journey.start(2, teach("bereft"));
    awaitChunks("bereft", 3, driver);
    driver
        .handle()
        .children()
        .filter(child -> child.info().command().orElse("").endsWith("/java"))
        .findFirst()
        .orElseThrow()
        .destroyForcibly();

    assertThat(driver.await(TinyJourney.BOUND).exitCode()).as(driver.output()).isZero();

    assertThat(driver.output()).contains("Lost rank");
    assertThat(digests("bereft")).isEqualTo(digests("taught"));
    assertSameRows("bereft", unbroken);
  }

  private static void assertSameRows(String out, SoftTargetsReader others) throws IOException {
    SoftTargetsReader reader = whole(out);
    int compared = 0;
    for (long step = 0; step < STEPS; step++) {
      List<SoftTargets> expected = others.rows(step, 0, 8);
      List<SoftTargets> actual = reader.rows(step, 0, 8);
      for (int i = 0; i < 8; i++) {
        assertThat(actual.get(i).key()).isEqualTo(expected.get(i).key());
        assertThat(actual.get(i).distributions().tokens())
            .isEqualTo(expected.get(i).distributions().tokens());
        compared++;
      }
    }
    assertThat(compared).isEqualTo(8 * STEPS);
  }

  /** Opens soft targets whose files are as their manifest says, and which are all there is. */
  private static SoftTargetsReader whole(String out) throws IOException {
    SoftTargetsReader reader = reader(out);
    reader.verifyDigests();
    try (Stream<Path> files = Files.list(journey.at(out))) {
      assertThat(files.filter(f -> f.toString().endsWith(".parquet")))
          .as("no file of a lost attempt is left")
          .hasSize(reader.manifest().files().size());
    }
    return reader;
  }

  /** How many draws would have to be others to make one of the other. */
  private static long otherDraws(Distributions some, Distributions others) {
    assertThat(some.positions()).isEqualTo(others.positions());
    double moved = 0;
    for (int position = 0; position < some.positions(); position++) {
      Map<Integer, Double> shares = shares(some, position);
      shares(others, position).forEach((token, share) -> shares.merge(token, -share, Double::sum));
      moved += shares.values().stream().mapToDouble(Math::abs).sum() / 2;
    }
    return Math.round(moved * DRAWS);
  }

  private static Map<Integer, Double> shares(Distributions drawn, int position) {
    Map<Integer, Double> shares = new HashMap<>();
    for (int i = position == 0 ? 0 : drawn.ends()[position - 1]; i < drawn.ends()[position]; i++) {
      shares.put(drawn.tokens()[i], (double) drawn.probabilities()[i]);
    }
    return shares;
  }

  private static List<String> digests(String out) {
    return reader(out).manifest().files().stream().map(TargetFile::sha256).toList();
  }

  private static SoftTargetsReader reader(String out) {
    return SoftTargetsReader.open(journey.path(out), new Configuration());
  }

  private static List<String> teach(String out) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "--set",
                "teach={ kind = sampled, draws = %d, steps = %d }".formatted(DRAWS, STEPS)));
    settings.addAll(List.of("--set", "teach.commit-every=10"));
    return journey.teach(out, settings.toArray(String[]::new));
  }

  private static void awaitChunks(String out, int chunks, RunningProgram driver) {
    TinyJourney.awaitJson(journey.at(out + "/_chunks"), chunks, driver);
  }
}
