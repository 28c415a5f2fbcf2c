package io.sparkswitch.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.clean.CleaningSettings;
import io.sparkswitch.data.pipeline.cut.Cleaning;
import io.sparkswitch.data.pipeline.folder.Lease;
import io.sparkswitch.data.pipeline.folder.LeaseHeldException;
import io.sparkswitch.data.pipeline.folder.ShardFolder;
import io.sparkswitch.data.shard.DocumentCounts;
import io.sparkswitch.data.shard.RowGroup;
import io.sparkswitch.data.shard.SegmentIds;
import io.sparkswitch.data.shard.ShardCounts;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.data.shard.SourceEntry;
import io.sparkswitch.data.source.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What is made once, kept and continued. */
class CorpusPreparationTest extends PreparationTestCase {
  private static final String LAST_PHASE = "cleaning, tokenising and cutting 3 files";

  @Test
  void everyJobOfSparkSaysWhatItIsFor() {
    Cleaning cleaning =
        new Cleaning(CleaningSettings.off(), Map.of(), Cleaning.Duplicates.SENTENCES);
    List<String> descriptions = new CopyOnWriteArrayList<>();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            descriptions.add(start.properties().getProperty("spark.job.description", "nothing"));
          }
        };
    sc.sc().addSparkListener(listener);
    try (JobPhase around = JobPhase.begin(sc, "test")) {
      prepare(request(cleaning));
      assertThat(sc.getLocalProperty("spark.job.description")).isEqualTo("test");
      Awaitility.await().until(() -> descriptions.contains("test: " + LAST_PHASE));
    } finally {
      sc.sc().removeSparkListener(listener);
    }

    assertThat(descriptions)
        .containsOnly("test: looking for duplicates in batch 1", "test: " + LAST_PHASE);
    assertThat(sc.getLocalProperty("spark.job.description")).isNull();
  }

  @Test
  void theShardsHoldTheTokensOfEachFileInOrderWithoutItsTail() {
    PrepareSummary summary = prepare();

    ShardSet shards = ShardSet.open(output.toString(), CONF);
    shards.verifyDigests();
    long textBytes = 0;
    long tokens = 0;
    long segments = 0;
    int groups = 0;
    for (int f = 0; f < FILES; f++) {
      for (String text : TestCorpus.texts(f, DOCUMENTS)) {
        textBytes += text.getBytes(StandardCharsets.UTF_8).length;
      }
      int[] stream = TestCorpus.stream(vocabulary, TestCorpus.texts(f, DOCUMENTS));
      int[] whole = Arrays.copyOf(stream, stream.length / LENGTH * LENGTH);
      int at = 0;
      for (RowGroup group : shards.rowGroups()) {
        if (group.file() == f) {
          int[] read = shards.tokens(group);
          assertThat(read).isEqualTo(Arrays.copyOfRange(whole, at, at + read.length));
          at += read.length;
          groups++;
        }
      }
      assertThat(at).isEqualTo(whole.length);
      tokens += stream.length;
      segments += whole.length / LENGTH;
    }
    assertThat(groups).isGreaterThan(FILES);
    assertThat(summary.outcome()).isEqualTo(PrepareSummary.Outcome.PREPARED);
    ShardCounts totals = summary.manifest().totals();
    assertThat(totals.documents()).isEqualTo(FILES * DOCUMENTS);
    assertThat(totals.textBytes()).isEqualTo(textBytes);
    assertThat(totals.tokens()).isEqualTo(tokens);
    assertThat(totals.segments()).isEqualTo(segments);
    assertThat(totals.tokensDropped()).isEqualTo(tokens - segments * LENGTH);
    assertThat(summary.manifest().languages()).containsExactly(Map.entry("en", totals));
    assertThat(summary.manifest().vocabulary()).isEqualTo(vocabulary.spec());
    assertThat(summary.manifest().provenance()).containsEntry("version", "test");
    assertThat(output.resolve("_quarantine")).doesNotExist();
    assertThat(output.resolve("_lease.json")).doesNotExist();
  }

  @Test
  void sparkSqlReadsTheShardsAndTellsWhichDocumentsFedASegment() {
    ShardManifest manifest = prepare().manifest();

    Dataset<Row> rows = spark.read().parquet(output.toString());

    assertThat(rows.schema().simpleString())
        .isEqualTo(
            "struct<segment_id:bigint,tokens:array<int>,"
                + "spans:array<struct<place:bigint,url_hash:bigint,offset:int,length:int>>,"
                + "language:string>");
    assertThat(rows.count()).isEqualTo(manifest.totals().segments());
    assertThat(rows.filter("size(tokens) = " + LENGTH + " and language = 'en'").count())
        .isEqualTo(manifest.totals().segments());
    long id = SegmentIds.first(1, 0) + 2;
    Row segment = rows.filter("segment_id = " + id).selectExpr("tokens", "spans").first();
    int[] stream = TestCorpus.stream(vocabulary, TestCorpus.texts(1, DOCUMENTS));
    assertThat(segment.<Integer>getList(0).stream().mapToInt(Integer::intValue).toArray())
        .isEqualTo(Arrays.copyOfRange(stream, 2 * LENGTH, 3 * LENGTH));
    List<Integer> told = new ArrayList<>();
    for (Row span : segment.<Row>getList(1)) {
      String text = TestCorpus.texts(1, DOCUMENTS).get(Math.toIntExact(span.getLong(0)) - 1);
      int[] document = vocabulary.encode(text);
      for (int i = 0; i < span.getInt(3); i++) {
        told.add(document[span.getInt(2) + i]);
      }
    }
    assertThat(told).isEqualTo(segment.<Integer>getList(0));
  }

  @Test
  void aSecondRunDoesNothingAndSaysSo() throws IOException {
    PrepareSummary first = prepare();
    Map<String, String> before = shardDigests();

    PrepareSummary second = prepare();

    assertThat(second.outcome()).isEqualTo(PrepareSummary.Outcome.NOTHING_NEW);
    assertThat(second.manifest()).isEqualTo(first.manifest());
    assertThat(second.sentence()).startsWith("nothing new to do");
    assertThat(shardDigests()).isEqualTo(before);
  }

  @Test
  void aLaterRunTakesOnlyWhatIsNewAndOldSegmentsKeepTheirIds() throws IOException {
    Path later = corpus.resolve("en/c4-train.00000-of-00003.json.gz");
    byte[] content = Files.readAllBytes(later);
    Files.delete(later);
    ShardManifest first = prepare().manifest();
    Map<String, String> before = shardDigests();
    Files.write(later, content);

    ShardManifest second = prepare().manifest();

    assertThat(second.number()).isEqualTo(2);
    assertThat(second.sources().subList(0, 2)).isEqualTo(first.sources());
    assertThat(second.sources().get(2).source().path()).endsWith("c4-train.00000-of-00003.json.gz");
    assertThat(second.sources().get(2).batch()).isEqualTo(2);
    assertThat(shardDigests()).containsAllEntriesOf(before).hasSize(3);
    assertThat(ShardSet.openPinned(output.toString(), first.dataDigest(), CONF))
        .hasValueSatisfying(set -> assertThat(set.manifest()).isEqualTo(first));
  }

  @Test
  void aRunKilledBetweenFilesGoesOnWhereItWas() throws IOException {
    ShardManifest first = prepare().manifest();
    Map<String, String> whole = shardDigests();
    SourceEntry done = first.sources().get(0);
    var root = new org.apache.hadoop.fs.Path(output.toString());
    delete(output.resolve("_manifests"));
    ShardFolder.write(done, root, CONF);
    Path kept = output.resolve(done.shards().get(0).name());
    FileTime before = Files.getLastModifiedTime(kept);
    Files.delete(output.resolve(first.files().get(1).name()));
    Files.createDirectories(output.resolve("_attempts"));
    Files.writeString(output.resolve("_attempts/shard.1"), "half");
    Files.writeString(output.resolve("language=en/old-0123456789ab.parquet"), "of no entry");
    Files.writeString(output.resolve("notes.txt"), "mine");

    ShardManifest second = prepare().manifest();

    assertThat(second).isEqualTo(first);
    assertThat(shardDigests()).isEqualTo(whole);
    assertThat(Files.getLastModifiedTime(kept)).isEqualTo(before);
    assertThat(output.resolve("_attempts")).doesNotExist();
    assertThat(output.resolve("notes.txt")).exists();
  }

  @Test
  void otherSettingsOrChangedSourcesAreRefusedNamingTheDifferenceUnlessFresh() throws IOException {
    prepare();

    assertThatThrownBy(() -> prepare(request(30, 0, List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("segment length was 20 and is 30 now")
        .hasMessageContaining("--fresh");
    TestCorpus.write(corpus, "train", 2, List.of());
    assertThatThrownBy(this::prepare)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("c4-train.00002-of-00003.json.gz had");

    ShardOutput replace =
        new ShardOutput(output.toString(), ShardOutput.Existing.REPLACE, Map.of());
    ShardManifest replaced =
        prepare(request(30, 0.5, List.of(), vocabularyFile, replace)).manifest();
    assertThat(replaced.settings().segmentLength()).isEqualTo(30);
    assertThat(replaced.number()).isEqualTo(1);
    assertThat(replaced.sources().get(2).documents())
        .isEqualTo(new DocumentCounts(1, 0, 1, Map.of(), Map.of()));
    assertThat(shardDigests().keySet())
        .containsExactlyInAnyOrderElementsOf(
            replaced.files().stream().map(ShardFile::name).toList());
    assertThat(ShardSet.open(output.toString(), CONF).segments()).isPositive();
  }

  @Test
  void aSecondRunOnTheSameFolderIsRefusedWithTheHoldersName() throws IOException {
    var root = new org.apache.hadoop.fs.Path(output.toString());
    try (Lease lease = Lease.acquire(root, CONF, "nightly", Clock.systemUTC(), s -> {})) {
      assertThatThrownBy(this::prepare)
          .isInstanceOf(LeaseHeldException.class)
          .hasMessageContaining("is being written by nightly on");
      lease.requireHeld();
    }
    assertThat(prepare().outcome()).isEqualTo(PrepareSummary.Outcome.PREPARED);
  }

  @Test
  void aMissingOrWrongVocabularyIsNamed() throws IOException {
    Path wrong = Files.writeString(folder.resolve("wrong.model"), "not a model");

    assertThatThrownBy(() -> prepareWith(folder.resolve("none.model")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none.model does not exist");
    assertThatThrownBy(() -> prepareWith(wrong))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("wrong.model");
  }
}
