package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.distill.target.Distributions;
import io.sparkswitch.distill.target.SoftTargets;
import io.sparkswitch.distill.target.store.SoftTargetsReader;
import io.sparkswitch.distill.target.store.TargetFile;
import io.sparkswitch.distill.target.store.TargetsManifest;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.tensor.Natives;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Soft targets of a tiny teacher whose ranks are threads; TeachIT has them in processes. */
class TeachingTest {
  private static final int STEPS = 5;
  private static final String TOP_5 = "teach.top-k=5";

  @TempDir private static Path folder;

  @BeforeAll
  static void trainTeacher() throws Exception {
    Natives.load();
    TinyShards.write(folder.resolve("shards"), config(TOP_5).data());
    LocalGang.train(config(TOP_5), 2, folder.resolve("shards"), folder.resolve("teacher"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        TOP_5,
        "teach={ kind = sampled, draws = 9, temperature = 2 }",
        "teach={ kind = full, values = float32 }"
      })
  void aStoppedRunGoesOnAfterItsLastChunkOnAnyNumberOfRanksAsIfNothingHadHappened(String teach)
      throws Exception {
    Path unbroken = fresh("unbroken");
    Path stopped = fresh("stopped");
    teach(config(teach), 1, unbroken, 0, new ArrayList<>());
    assertThatThrownBy(() -> teachUntil(4, config(teach), 2, stopped, 0))
        .hasMessage("stopped at 4");

    List<Long> progress = new ArrayList<>();
    TargetsManifest manifest = teach(config(teach), 3, stopped, 1, progress);

    assertThat(progress).containsExactly(5L);
    assertThat(manifest.files()).extracting(TargetFile::name).doesNotHaveDuplicates().hasSize(7);
    assertThat(manifest.files().get(0).name()).contains("-rank-000-attempt-000");
    assertThat(manifest.files().get(6).name()).contains("-rank-002-attempt-001");
    List<SoftTargets> rows = rows(stopped);
    List<SoftTargets> expected = rows(unbroken);
    assertThat(rows).hasSize(8 * STEPS).hasSameSizeAs(expected);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(rows.get(i).key()).isEqualTo(expected.get(i).key());
      assertSame(rows.get(i).distributions(), expected.get(i).distributions());
    }
  }

  /** But for the order in which a product of matrices adds up, which a layout may change. */
  private static void assertSame(Distributions actual, Distributions expected) {
    assertThat(actual.ends()).isEqualTo(expected.ends());
    assertThat(actual.tokens()).isEqualTo(expected.tokens());
    assertThat(actual.probabilities()).containsExactly(expected.probabilities(), within(1e-6f));
    assertThat(actual.remainder()).containsExactly(expected.remainder(), within(1e-6f));
  }

  /** However tight capacity is in training, and whoever else is in a sequence's routing group. */
  @Test
  void targetsKnowNeitherDropoutNorJitterNorCapacityNorTheRestOfTheBatch() throws Exception {
    String full = "teach={ kind = full, values = float32 }";
    Path plain = fresh("plain");
    Path noisy = fresh("noisy");
    teach(config(full, "routing.group-sequences=2"), 1, plain, 0, new ArrayList<>());
    teach(
        config(
            full,
            "routing.group-sequences=8",
            "model.dropout-rate=0.5",
            "model.expert-dropout-rate=0.5",
            "model.jitter-noise=0.5",
            "model.capacity-factor=0.25"),
        1,
        noisy,
        0,
        new ArrayList<>());

    List<SoftTargets> expected = rows(plain);
    List<SoftTargets> actual = rows(noisy);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i).key()).isEqualTo(expected.get(i).key());
      assertSame(actual.get(i).distributions(), expected.get(i).distributions());
    }
  }

  @Test
  void onAsManyRanksTheBytesAreThoseOfAnUnbrokenRun() throws Exception {
    Path unbroken = fresh("unbroken");
    Path stopped = fresh("stopped");
    TargetsManifest expected = teach(config(TOP_5), 2, unbroken, 0, new ArrayList<>());
    assertThatThrownBy(() -> teachUntil(2, config(TOP_5), 2, stopped, 0))
        .hasMessage("stopped at 2");
    TargetsManifest manifest = teach(config(TOP_5), 2, stopped, 1, new ArrayList<>());
    assertThat(manifest.files()).extracting(TargetFile::sha256).hasSize(6);
    assertThat(manifest.files())
        .extracting(TargetFile::sha256)
        .isEqualTo(expected.files().stream().map(TargetFile::sha256).toList());
  }

  @Test
  void aStoppedRunIsNotContinuedWithOtherSettings() throws Exception {
    Path stopped = fresh("stopped");
    assertThatThrownBy(() -> teachUntil(2, config(TOP_5), 1, stopped, 0))
        .hasMessage("stopped at 2");
    RunConfig other = config("teach={ top-k = 6, temperature = 2 }", "training.precision=float64");
    assertThatThrownBy(() -> teach(other, 1, stopped, 1, new ArrayList<>()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "holds other soft targets: tokens kept or drawn: was 5, is 6;"
                + " temperature: was 1.0, is 2.0; precision: was FLOAT32, is FLOAT64; give --fresh to start over, or another --out");
  }

  @Test
  void sqlExplodesPrunesSamplesAndAudits() throws Exception {
    Path out = fresh("sql");
    TargetsManifest manifest = teach(config(TOP_5), 2, out, 0, new ArrayList<>());
    SoftTargets some = rows(out).get(3);
    try (SparkSession spark =
        SparkSession.builder().master("local[1]").config("spark.ui.enabled", false).getOrCreate()) {
      spark.read().parquet(out + "/*.parquet").createOrReplaceTempView("targets");

      assertThat(
              one(
                  spark,
                  "SELECT count(*), count(DISTINCT token) FROM targets"
                      + " LATERAL VIEW posexplode(tokens) p AS position, kept"
                      + " LATERAL VIEW explode(kept) t AS token"))
          .satisfies(
              row -> {
                assertThat(row.getLong(0)).isEqualTo(5 * manifest.targets());
                assertThat(row.getLong(1)).isGreaterThan(5);
              });
      Row pruned =
          one(
              spark,
              "SELECT slice(tokens[1], 1, 2), probabilities[1][0] FROM targets WHERE segment_id = "
                  + some.key().segmentId());
      int begin = some.distributions().begin(1);
      assertThat(pruned.<Integer>getList(0))
          .containsExactly(
              some.distributions().tokens()[begin], some.distributions().tokens()[begin + 1]);
      assertThat(pruned.getFloat(1)).isEqualTo(some.distributions().probabilities()[begin]);
      assertThat(one(spark, "SELECT count(*) FROM targets TABLESAMPLE (10 ROWS)").getLong(0))
          .isEqualTo(10);
      assertThat(
              one(
                      spark,
                      "SELECT count(*) FROM (SELECT 1 FROM targets"
                          + " GROUP BY segment_id, corruption_seed, epoch HAVING count(*) > 1)")
                  .getLong(0))
          .as("double rows")
          .isZero();
      assertThat(
              one(
                      spark,
                      "SELECT max(abs(1 - mass)) FROM (SELECT explode(zip_with(probabilities,"
                          + " remainder, (p, r) -> r + aggregate(p, 0D, (a, x) -> a + x))) AS mass"
                          + " FROM targets)")
                  .getDouble(0))
          .as("mass that rounding took or added")
          .isBetween(1e-9, 0.01);
    }
  }

  private static Row one(SparkSession spark, String query) {
    return spark.sql(query).head();
  }

  private static TargetsManifest teach(
      RunConfig config, int ranks, Path out, int attempt, List<Long> progress) throws Exception {
    return LocalGang.teach(
        config,
        new LocalGang.Layout(ranks, attempt),
        folder.resolve("shards"),
        folder.resolve("teacher"),
        out,
        progress::add);
  }

  private static void teachUntil(long step, RunConfig config, int ranks, Path out, int attempt)
      throws Exception {
    LocalGang.teach(
        config,
        new LocalGang.Layout(ranks, attempt),
        folder.resolve("shards"),
        folder.resolve("teacher"),
        out,
        done -> {
          if (done == step) {
            throw new IllegalStateException("stopped at " + done);
          }
        });
  }

  private static List<SoftTargets> rows(Path out) {
    SoftTargetsReader reader = SoftTargetsReader.open(out.toString(), new Configuration());
    List<SoftTargets> rows = new ArrayList<>();
    for (long step = 0; step < STEPS; step++) {
      rows.addAll(reader.rows(step, 0, 8));
    }
    return rows;
  }

  /** A folder of that name without files. */
  private static Path fresh(String name) throws Exception {
    Path out = Files.createDirectories(folder.resolve(name));
    try (Stream<Path> old = Files.walk(out)) {
      for (Path file : old.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
    return out;
  }

  private static RunConfig config(String... more) {
    return LocalGang.config(
        Stream.concat(
                Stream.of(
                    "training.steps=" + STEPS,
                    "training.keep-checkpoints=1",
                    "teach.commit-every=2"),
                Stream.of(more))
            .toArray(String[]::new));
  }
}
