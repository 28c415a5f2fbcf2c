package io.sparkswitch.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.clean.CleaningSettings;
import io.sparkswitch.data.clean.RuleName;
import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.data.shard.DocumentCounts;
import io.sparkswitch.data.shard.RowGroup;
import io.sparkswitch.data.shard.SegmentIds;
import io.sparkswitch.data.shard.ShardCounts;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.shard.SourceEntry;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.source.Split;
import io.sparkswitch.data.token.UnigramSettings;
import io.sparkswitch.data.token.UnigramTrainer;
import io.sparkswitch.data.token.Vocabulary;
import io.sparkswitch.data.token.WordCount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusPreparationTest {
  private static final Configuration CONF = new Configuration();
  private static final int LENGTH = 20;
  private static final int FILES = 3;
  private static final int DOCUMENTS = 60;

  private static SparkSession spark;
  private static JavaSparkContext sc;
  private static Vocabulary vocabulary;
  private static Path vocabularyFile;

  @TempDir static Path shared;
  @TempDir Path folder;
  private Path corpus;
  private Path output;

  @BeforeAll
  static void start() throws IOException {
    spark = LocalSpark.start();
    sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
    List<CorpusFile> files = new ArrayList<>();
    for (int f = 0; f < FILES; f++) {
      List<String> lines = TestCorpus.lines(TestCorpus.texts(f, DOCUMENTS));
      files.add(CorpusFile.of(TestCorpus.write(shared, "train", f, lines).toString(), 0));
    }
    List<WordCount> counts = CorpusVocabulary.countWords(sc, files, 1000);
    byte[] model = UnigramTrainer.train(counts, UnigramSettings.of(60));
    vocabularyFile = Files.write(shared.resolve("spiece.model"), model);
    vocabulary = Vocabulary.load(model);
  }

  @AfterAll
  static void stop() {
    spark.stop();
    vocabulary.close();
  }

  @BeforeEach
  void copyCorpus() throws IOException {
    corpus = folder.resolve("corpus");
    output = folder.resolve("shards");
    for (int f = 0; f < FILES; f++) {
      TestCorpus.write(corpus, "train", f, TestCorpus.lines(TestCorpus.texts(f, DOCUMENTS)));
    }
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
  void malformedRecordsAreQuarantinedAndCounted() throws IOException {
    List<String> lines = new ArrayList<>(TestCorpus.lines(TestCorpus.texts(1, DOCUMENTS)));
    lines.add(4, "{\"text\": 7}");
    lines.add(9, "no json \u00e9");
    TestCorpus.write(corpus, "train", 1, lines);
    Path truncated = corpus.resolve("en/c4-train.00002-of-00003.json.gz");
    byte[] whole = Files.readAllBytes(truncated);
    Files.write(truncated, Arrays.copyOf(whole, whole.length - 20));

    PrepareSummary summary = prepare();
    ShardManifest manifest = summary.manifest();

    assertThat(manifest.sources())
        .extracting(source -> source.documents().quarantined())
        .containsExactly(0L, 2L, 1L);
    assertThat(manifest.sources().get(1).documents().read()).isEqualTo(DOCUMENTS + 2);
    assertThat(manifest.sources().get(0).quarantine()).isEmpty();
    assertThat(summary.account())
        .isEqualTo(
            "%d documents read = %d kept + 0 dropped by rules + 3 quarantined"
                .formatted(manifest.documents().read(), manifest.documents().kept()));
    List<Row> aside =
        spark
            .read()
            .json(output.resolve("_quarantine").toString())
            .orderBy("file", "position")
            .selectExpr("file", "position", "reason", "content")
            .collectAsList();
    assertThat(aside).hasSize(3);
    assertThat(aside.get(0).getString(0)).endsWith("c4-train.00001-of-00003.json.gz");
    assertThat(aside.get(0).getLong(1)).isEqualTo(5);
    assertThat(aside.get(0).getString(2)).isEqualTo("field \"text\" is not a string");
    assertThat(aside.get(0).getString(3)).isEqualTo("{\"text\": 7}");
    assertThat(aside.get(1).getLong(1)).isEqualTo(10);
    assertThat(aside.get(2).getString(2)).startsWith("damaged or truncated");
  }

  @Test
  void tooManyMalformedRecordsFailAndARunThatAllowsThemTakesWhatIsDone() throws IOException {
    List<String> lines = new ArrayList<>(TestCorpus.lines(TestCorpus.texts(1, DOCUMENTS)));
    lines.add(4, "x");
    lines.add(9, "y");
    TestCorpus.write(corpus, "train", 1, lines);

    assertThatThrownBy(() -> prepare(request(LENGTH, 0.01, List.of())))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("2 of 182 records are malformed, 1.10 % where 1.00 % are allowed")
        .hasMessageContaining("_quarantine");
    assertThatThrownBy(() -> ShardSet.open(output.toString(), CONF))
        .hasMessageContaining("not a finished shard folder");
    Map<String, String> made = shardDigests();

    assertThat(prepare(request(LENGTH, 0.02, List.of())).outcome())
        .isEqualTo(PrepareSummary.Outcome.PREPARED);
    assertThat(shardDigests()).isEqualTo(made);
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
  void excludedAddressesAreTakenDownAndOtherShardsStayAsTheyAre() throws IOException {
    ShardManifest first = prepare().manifest();
    Map<String, String> before = shardDigests();
    String url = TestCorpus.url(1, 7);

    ShardManifest second =
        prepare(request(LENGTH, 0, List.of(url, "http://of.nobody/"))).manifest();

    assertThat(second.documents().dropped()).containsExactly(Map.entry("excluded-url", 1L));
    assertThat(second.documents().kept()).isEqualTo(first.documents().kept() - 1);
    assertThat(second.sources().get(0)).isEqualTo(first.sources().get(0));
    assertThat(second.sources().get(2)).isEqualTo(first.sources().get(2));
    assertThat(shardDigests()).hasSize(3);
    assertThat(shardDigests().entrySet().stream().filter(before.entrySet()::contains)).hasSize(2);
    Dataset<Row> rows = spark.read().parquet(output.toString());
    assertThat(
            rows.selectExpr("explode(spans) as span")
                .filter("span.url_hash = " + UrlHash.of(url))
                .count())
        .isZero();
    assertThat(prepare().outcome()).isEqualTo(PrepareSummary.Outcome.NOTHING_NEW);
  }

  @Test
  void rulesDropLinesAndDocumentsAndEveryDocumentIsAccountedFor() throws IOException {
    List<String> lines = new ArrayList<>(TestCorpus.lines(TestCorpus.texts(1, DOCUMENTS)));
    lines.add("{\"text\": \"A line with a { bracket in its middle.\"}");
    lines.add("{\"text\": \"Too short.\\nThis line is long enough to stay here.\"}");
    TestCorpus.write(corpus, "train", 1, lines);
    Cleaning cleaning =
        new Cleaning(
            CleaningSettings.off()
                .withRules(List.of(RuleName.CURLY_BRACKET, RuleName.MINIMUM_WORDS)),
            Map.of(),
            Cleaning.Duplicates.KEPT);

    PrepareSummary summary = prepare(request(cleaning));

    DocumentCounts documents = summary.manifest().documents();
    assertThat(documents.read()).isEqualTo(FILES * DOCUMENTS + 2);
    assertThat(documents.dropped()).containsExactly(Map.entry("curly-bracket", 1L));
    assertThat(documents.linesDropped()).containsExactly(Map.entry("minimum-words", 1L));
    assertThat(documents.kept()).isEqualTo(FILES * DOCUMENTS + 1);
    assertThatThrownBy(this::prepare).hasMessageContaining("cleaning was CleaningSettings[");
  }

  @Test
  void theFirstCopyStaysOverIngestBatchesAndTakeDowns() throws IOException {
    Cleaning once = new Cleaning(CleaningSettings.off(), Map.of(), Cleaning.Duplicates.LINES);
    Path second = corpus.resolve("en/c4-train.00000-of-00003.json.gz");
    // The same documents as the second file's, under other addresses, and one of its own.
    List<String> copies = new ArrayList<>();
    for (String line : TestCorpus.lines(TestCorpus.texts(1, DOCUMENTS))) {
      copies.add(line.replace("https://a.b/", "https://copy/"));
    }
    String own = "One sentence of its own. And a second one here. And a third one too.";
    copies.add("{\"text\": \"%s\", \"url\": \"https://own\"}".formatted(own));
    Files.delete(second);
    ShardManifest first = prepare(request(once)).manifest();
    assertThat(first.documents().dropped()).isEmpty();
    TestCorpus.write(corpus, "train", 0, copies);

    ShardManifest later = prepare(request(once)).manifest();

    assertThat(later.sources().subList(0, 2)).isEqualTo(first.sources());
    DocumentCounts added = later.sources().get(2).documents();
    assertThat(added.dropped()).containsExactly(Map.entry("duplicate", (long) DOCUMENTS));
    assertThat(added.kept()).isEqualTo(1);

    PrepareRequest takeDown = request(once);
    PrepareRules rules = takeDown.rules();
    ShardManifest without =
        prepare(
                new PrepareRequest(
                    takeDown.corpus(),
                    takeDown.split(),
                    takeDown.vocabulary(),
                    new PrepareRules(
                        rules.settings(), rules.cleaning(), 0.5, List.of(TestCorpus.url(1, 7))),
                    takeDown.output()))
            .manifest();
    assertThat(without.sources().get(0).documents().dropped())
        .containsExactly(Map.entry("excluded-url", 1L));
    assertThat(without.sources().get(0).number()).isEqualTo(first.sources().get(0).number());
    assertThat(without.sources().get(2)).isEqualTo(later.sources().get(2));
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
  void documentsGoToTheShardOfTheirLanguageAndNoNameLeavesTheFolder() throws IOException {
    Path folderOfLines = folder.resolve("lines/train");
    Files.createDirectories(folderOfLines);
    List<String> lines = new ArrayList<>();
    for (String language : List.of("de", "fr", "../../evil", "de", "a/b")) {
      for (String text : TestCorpus.texts(0, 20)) {
        lines.add("{\"text\": \"%s\", \"language\": \"%s\"}".formatted(text, language));
      }
    }
    Files.write(folderOfLines.resolve("mixed.jsonl"), lines);

    ShardManifest manifest =
        CorpusPreparation.prepare(
                sc,
                new PrepareRequest(
                    folder.resolve("lines").toString(),
                    Split.TRAIN,
                    vocabularyFile.toString(),
                    request(LENGTH, 0, List.of()).rules(),
                    request(LENGTH, 0, List.of()).output()),
                PrepareProgress.NONE)
            .manifest();

    assertThat(manifest.languages().keySet()).containsExactly("de", "fr", "und");
    assertThat(manifest.languages().get("de").documents()).isEqualTo(40);
    assertThat(manifest.files())
        .extracting(ShardFile::firstSegment)
        .containsExactly(SegmentIds.first(0, 0), SegmentIds.first(0, 1), SegmentIds.first(0, 2));
    assertThat(spark.read().parquet(output.toString()).select("language").distinct().count())
        .isEqualTo(3);
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

  private PrepareSummary prepare() {
    return prepare(request(LENGTH, 0.5, List.of()));
  }

  private PrepareSummary prepareWith(Path model) {
    ShardOutput out = new ShardOutput(output.toString(), ShardOutput.Existing.KEEP, Map.of());
    return prepare(request(LENGTH, 0, List.of(), model, out));
  }

  private PrepareSummary prepare(PrepareRequest request) {
    return CorpusPreparation.prepare(sc, request, PrepareProgress.NONE);
  }

  private PrepareRequest request(int length, double quarantineShare, List<String> excluded) {
    ShardOutput out =
        new ShardOutput(output.toString(), ShardOutput.Existing.KEEP, Map.of("version", "test"));
    return request(length, quarantineShare, excluded, vocabularyFile, out);
  }

  private PrepareRequest request(
      int length, double quarantineShare, List<String> excluded, Path model, ShardOutput out) {
    return new PrepareRequest(
        corpus.toString(),
        Split.TRAIN,
        model.toString(),
        new PrepareRules(new ShardSettings(length, 8), Cleaning.none(), quarantineShare, excluded),
        out);
  }

  private PrepareRequest request(Cleaning cleaning) {
    PrepareRequest plain = request(LENGTH, 0.5, List.of());
    return new PrepareRequest(
        plain.corpus(),
        plain.split(),
        plain.vocabulary(),
        new PrepareRules(plain.rules().settings(), cleaning, 0.5, List.of()),
        plain.output());
  }

  /** Digests of the shards' bytes by their names. */
  private Map<String, String> shardDigests() throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(output)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".parquet")).toList()) {
        digests.put(output.relativize(file).toString(), Digests.of(Files.newInputStream(file)));
      }
    }
    return digests;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
