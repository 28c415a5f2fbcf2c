package io.sparkswitch.data.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkswitch.data.shard.RowGroup;
import io.sparkswitch.data.shard.ShardCounts;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.source.Split;
import io.sparkswitch.data.token.UnigramSettings;
import io.sparkswitch.data.token.UnigramTrainer;
import io.sparkswitch.data.token.Vocabulary;
import io.sparkswitch.data.token.WordCount;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
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
  void wordsAreCountedMostFrequentFirstThenByWord() {
    List<CorpusFile> files =
        List.of(CorpusFile.of(shared.resolve("en/c4-train.00000-of-00003.json.gz").toString(), 0));
    Map<String, Long> naive = new HashMap<>();
    TestCorpus.texts(0, DOCUMENTS).stream()
        .flatMap(text -> Arrays.stream(text.split(" ")))
        .forEach(word -> naive.merge("\u2581" + word, 1L, Long::sum));
    List<WordCount> expected =
        naive.entrySet().stream()
            .map(e -> new WordCount(e.getKey(), e.getValue()))
            .sorted(
                Comparator.comparingLong(WordCount::count)
                    .reversed()
                    .thenComparing(WordCount::word))
            .toList();

    assertThat(CorpusVocabulary.countWords(sc, files, 1000)).isEqualTo(expected);
    assertThat(CorpusVocabulary.countWords(sc, files, 3)).isEqualTo(expected.subList(0, 3));
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
    assertThat(summary.manifest().totals())
        .isEqualTo(
            new ShardCounts(
                FILES * DOCUMENTS, 0, textBytes, tokens, tokens - segments * LENGTH, segments));
    assertThat(summary.manifest().vocabulary()).isEqualTo(vocabulary.spec());
    assertThat(summary.manifest().provenance()).containsEntry("version", "test");
    assertThat(output.resolve("quarantine")).doesNotExist();
  }

  @Test
  void sparkSqlReadsTheShards() {
    ShardManifest manifest = prepare().manifest();

    Dataset<Row> rows = spark.read().parquet(output + "/*.parquet");

    assertThat(rows.schema().simpleString())
        .isEqualTo("struct<row:bigint,source:int,token_offset:bigint,tokens:array<int>>");
    assertThat(rows.count()).isEqualTo(manifest.totals().segments());
    assertThat(
            rows.filter("size(tokens) = " + LENGTH + " and token_offset = row * " + LENGTH).count())
        .isEqualTo(manifest.totals().segments());
    Row first = rows.filter("source = 1 and row = 2").select("tokens").first();
    assertThat(first.<Integer>getList(0).stream().mapToInt(Integer::intValue).toArray())
        .isEqualTo(
            Arrays.copyOfRange(
                TestCorpus.stream(vocabulary, TestCorpus.texts(1, DOCUMENTS)),
                2 * LENGTH,
                3 * LENGTH));
  }

  @Test
  void malformedLinesAreKeptAsideAndCounted() throws IOException {
    List<String> lines = new ArrayList<>(TestCorpus.lines(TestCorpus.texts(1, DOCUMENTS)));
    lines.add(4, "{\"text\": 7}");
    lines.add(9, "no json \u00e9");
    TestCorpus.write(corpus, "train", 1, lines);
    Path truncated = corpus.resolve("en/c4-train.00002-of-00003.json.gz");
    byte[] whole = Files.readAllBytes(truncated);
    Files.write(truncated, Arrays.copyOf(whole, whole.length - 20));

    ShardManifest manifest = prepare().manifest();

    assertThat(manifest.files())
        .extracting(f -> f.counts().malformed())
        .containsExactly(0L, 2L, 1L);
    assertThat(manifest.totals().documentsRead())
        .isEqualTo(manifest.totals().documents() + manifest.totals().malformed());
    assertThat(manifest.files().get(1).counts().documents()).isEqualTo(DOCUMENTS);
    List<JsonNode> aside = quarantine(manifest.files().get(1));
    assertThat(aside).extracting(n -> n.get("line").asInt()).containsExactly(5, 10);
    assertThat(aside)
        .extracting(n -> n.get("content").asText())
        .containsExactly("{\"text\": 7}", "no json \u00e9");
    assertThat(aside.get(0).get("reason").asText()).isEqualTo("field \"text\" is not a string");
    assertThat(aside.get(0).get("file").asText()).endsWith("c4-train.00001-of-00003.json.gz");
    assertThat(quarantine(manifest.files().get(2)))
        .singleElement()
        .satisfies(n -> assertThat(n.get("reason").asText()).startsWith("damaged or truncated"));
    assertThat(output.resolve(manifest.files().get(0).quarantine())).doesNotExist();
  }

  @Test
  void aSecondRunDoesNothingAndSaysSo() throws IOException {
    PrepareSummary first = prepare();
    List<String> before = listing();

    PrepareSummary second = prepare();

    assertThat(second.outcome()).isEqualTo(PrepareSummary.Outcome.NOTHING_NEW);
    assertThat(second.manifest()).isEqualTo(first.manifest());
    assertThat(second.sentence()).startsWith("nothing new to do");
    assertThat(listing()).isEqualTo(before);
  }

  @Test
  void anUnfinishedRunIsStartedOverAndEndsWithTheSameShards() throws IOException {
    ShardManifest first = prepare().manifest();
    Files.delete(output.resolve("manifest.json"));
    Files.delete(output.resolve(first.files().get(1).name()));
    Files.writeString(output.resolve("c4-train.00001-of-00003-0123456789ab.a7.parquet"), "half");
    Files.writeString(output.resolve("notes.txt"), "mine");

    ShardManifest second = prepare().manifest();

    assertThat(second).isEqualTo(first);
    assertThat(listing()).noneMatch(name -> name.contains(".a7.")).contains("notes.txt");
  }

  @Test
  void otherSettingsOrSourcesAreRefusedNamingTheDifferenceUnlessFresh() throws IOException {
    prepare();
    ShardSettings longer = new ShardSettings(30, 8);

    assertThatThrownBy(() -> prepare(longer, ShardOutput.Existing.KEEP))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("segment length was 20 and is 30 now")
        .hasMessageContaining("--fresh");
    TestCorpus.write(corpus, "train", 2, List.of());
    assertThatThrownBy(this::prepare)
        .hasMessageContaining("gone or changed")
        .hasMessageContaining("c4-train.00002-of-00003.json.gz");

    ShardManifest replaced = prepare(longer, ShardOutput.Existing.REPLACE).manifest();
    assertThat(replaced.settings()).isEqualTo(longer);
    assertThat(replaced.files().get(2).counts()).isEqualTo(new ShardCounts(0, 1, 0, 0, 0, 0));
    assertThat(listing().stream().filter(name -> name.endsWith(".parquet")))
        .containsExactlyInAnyOrderElementsOf(
            replaced.files().stream().map(ShardFile::name).toList());
    assertThat(ShardSet.open(output.toString(), CONF).segments()).isPositive();
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
    return prepare(new ShardSettings(LENGTH, 8), ShardOutput.Existing.KEEP);
  }

  private PrepareSummary prepare(ShardSettings settings, ShardOutput.Existing existing) {
    return prepare(settings, existing, vocabularyFile);
  }

  private PrepareSummary prepareWith(Path model) {
    return prepare(new ShardSettings(LENGTH, 8), ShardOutput.Existing.KEEP, model);
  }

  private PrepareSummary prepare(
      ShardSettings settings, ShardOutput.Existing existing, Path model) {
    ShardOutput out = new ShardOutput(output.toString(), existing, Map.of("version", "test"));
    return CorpusPreparation.prepare(
        sc, new PrepareRequest(corpus.toString(), Split.TRAIN, model.toString(), settings, out));
  }

  private List<String> listing() throws IOException {
    try (Stream<Path> files = Files.list(output)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(n -> !n.endsWith(".crc"))
          .sorted()
          .toList();
    }
  }

  private List<JsonNode> quarantine(ShardFile file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(output.resolve(file.quarantine()))),
                StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(new ObjectMapper().readTree(line));
      }
    }
    return lines;
  }
}
