package io.sparkswitch.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.clean.CleaningSettings;
import io.sparkswitch.data.clean.RuleName;
import io.sparkswitch.data.pipeline.cut.Cleaning;
import io.sparkswitch.data.pipeline.folder.UrlHash;
import io.sparkswitch.data.shard.DocumentCounts;
import io.sparkswitch.data.shard.SegmentIds;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.source.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** What becomes of each document. */
class DocumentAccountTest extends PreparationTestCase {
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
    assertThatThrownBy(this::prepare)
        .hasMessageContaining("rules was minimum-words, curly-bracket and is none now");
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
}
