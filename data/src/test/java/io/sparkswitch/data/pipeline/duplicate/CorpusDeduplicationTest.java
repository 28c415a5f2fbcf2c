package io.sparkswitch.data.pipeline.duplicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.clean.Facts;
import io.sparkswitch.data.clean.NaiveDeduplication;
import io.sparkswitch.data.clean.SpanCut;
import io.sparkswitch.data.pipeline.LocalSpark;
import io.sparkswitch.data.source.Document;
import io.sparkswitch.data.source.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scala.Tuple2;

class CorpusDeduplicationTest {
  private static final Configuration CONF = new Configuration();
  private static final int SENTENCES = 3;
  private static final int DOCUMENTS_A_FILE = 25;

  private static SparkSession spark;
  private static JavaSparkContext sc;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start();
    spark.conf().set("spark.sql.shuffle.partitions", "2");
    sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void decisionsOfTwoBatchesAreThoseOfTheNaiveTwin() throws IOException {
    assertSameAsTwin(SpanCut.Unit.SENTENCE, 3, 5);
  }

  @Tag("long")
  @ParameterizedTest
  @CsvSource({"LINE,1,3", "SENTENCE,3,1"})
  void soTheyAreForLinesAndInOneTask(SpanCut.Unit unit, int units, int partitions)
      throws IOException {
    assertSameAsTwin(unit, units, partitions);
  }

  private void assertSameAsTwin(SpanCut.Unit unit, int units, int partitions) throws IOException {
    SpanCut cut = new SpanCut(unit, units);
    NaiveDeduplication naive = new NaiveDeduplication(cut, SENTENCES);
    List<Document> first = documents(1, 4);
    List<Document> second = documents(2, 3);
    List<Optional<Document>> firstLeft = naive.next(first);
    List<Optional<Document>> secondLeft = naive.next(second);
    assertThat(losses(first, firstLeft)).isBetween(20L, 90L);
    assertThat(losses(second, secondLeft)).isBetween(20L, 70L);
    DeduplicationRequest one = request("naive", 0, cut);
    DeduplicationRequest two = request("naive", 1, cut);

    CorpusDeduplication.decide(spark, placed(first, partitions), one);
    DeduplicationSummary summary =
        CorpusDeduplication.decide(spark, placed(second, partitions), two);

    assertThat(applied(one, first)).isEqualTo(firstLeft);
    assertThat(applied(two, second)).isEqualTo(secondLeft);
    assertThat(summary.documents()).isEqualTo(losses(second, secondLeft));
  }

  @Tag("long")
  @Test
  void theIndexHoldsEachKeyOnceAcrossBatches() {
    SpanCut cut = SpanCut.sentences(3);
    DeduplicationRequest one = request("index", 0, cut);
    DeduplicationRequest two = request("index", 1, cut);
    CorpusDeduplication.decide(spark, placed(documents(1, 4), 3), one);
    CorpusDeduplication.decide(spark, placed(documents(2, 3), 3), two);

    for (String part : List.of("urls", "spans")) {
      var all = spark.read().parquet(one.index() + "/" + part, two.index() + "/" + part);
      assertThat(all.filter("batch = 1").count()).isPositive();
      assertThat(all.select("high", "low").distinct().count()).as(part).isEqualTo(all.count());
    }
  }

  @Tag("long")
  @Test
  void aBatchDecidedAgainIsDecidedAlike() throws IOException {
    List<Document> second = documents(2, 3);
    DeduplicationRequest one = request("again", 0, SpanCut.lines());
    DeduplicationRequest two = request("again", 1, SpanCut.lines());
    CorpusDeduplication.decide(spark, placed(documents(1, 4), 2), one);

    DeduplicationSummary summary = CorpusDeduplication.decide(spark, placed(second, 2), two);
    List<Optional<Document>> left = applied(two, second);

    assertThat(CorpusDeduplication.decide(spark, placed(second, 5), two)).isEqualTo(summary);
    assertThat(applied(two, second)).isEqualTo(left);
  }

  @Test
  void linesSeenBeforeGoAsInC4() throws IOException {
    List<Document> in = Facts.documents(Facts.of("dedupe").get("in"));
    DeduplicationRequest request = request("facts", 0, SpanCut.lines());

    DeduplicationSummary summary = CorpusDeduplication.decide(spark, placed(in, 2), request);

    assertThat(applied(request, in).stream().flatMap(Optional::stream).toList())
        .isEqualTo(Facts.documents(Facts.of("dedupe").get("out")));
    assertThat(summary).isEqualTo(new DeduplicationSummary(4, 5, 0));
  }

  @Test
  void textOfAPageThatGoesForItsUrlCountsForNoFirstCopy() throws IOException {
    Document page = new Document("https://www.a.example/b/", "One. Two. Three.", "", "");
    Document newer = new Document("http://a.example/b?utm_x=1", "Four. Five. Six.", "", "");
    Document other = new Document("https://c.example", "Four. Five. Six.", "", "");
    Document nameless = new Document("", "Seven. Eight. Nine.", "", "");
    Document alsoNameless = new Document("", "Ten. Eleven. Twelve.", "", "");
    List<Document> all = List.of(page, newer, other, nameless, alsoNameless);
    DeduplicationRequest request = request("urls", 0, SpanCut.sentences(3));

    DeduplicationSummary summary = CorpusDeduplication.decide(spark, placed(all, 2), request);

    assertThat(summary).isEqualTo(new DeduplicationSummary(1, 0, 1));
    assertThat(applied(request, all))
        .containsExactly(
            Optional.of(page),
            Optional.empty(),
            Optional.of(other),
            Optional.of(nameless),
            Optional.of(alsoNameless));
  }

  @Test
  void decisionsAreRowsInTheOrderOfTheirLines() {
    DeduplicationRequest request = request("rows", 0, SpanCut.sentences(3));
    CorpusDeduplication.decide(spark, placed(documents(1, 4), 2), request);

    List<Row> rows =
        spark
            .read()
            .schema("line bigint, spans array<int>, url_duplicate boolean")
            .parquet(request.decisions() + "/file=1")
            .collectAsList();

    assertThat(rows).hasSizeGreaterThan(3);
    assertThat(rows).extracting(row -> row.getLong(0)).isSorted().doesNotContainNull();
    assertThat(rows).anyMatch(row -> row.getBoolean(2) && row.getList(1).isEmpty());
    assertThat(rows).anyMatch(row -> !row.getBoolean(2) && !row.getList(1).isEmpty());
  }

  @Test
  void aBatchWithoutRepetitionHasNoDecision() throws IOException {
    List<Document> one = List.of(new Document("u", "One. Two. Three.", "", ""));
    DeduplicationRequest request = request("none", 0, SpanCut.sentences(3));

    assertThat(CorpusDeduplication.decide(spark, placed(one, 1), request))
        .isEqualTo(new DeduplicationSummary(0, 0, 0));
    assertThat(applied(request, one)).containsExactly(Optional.of(one.get(0)));
  }

  @Test
  void indexesOfNoEarlierBatchOrOfAnotherCutAreRefused() {
    JavaPairRDD<DocumentPlace, Document> documents = placed(documents(1, 1), 1);
    DeduplicationRequest one = request("wrong", 0, SpanCut.lines());
    CorpusDeduplication.decide(spark, documents, one);
    String other = folder.resolve("other").toString();

    assertThatThrownBy(
            () ->
                CorpusDeduplication.decide(
                    spark,
                    documents,
                    new DeduplicationRequest(
                        0, SpanCut.lines(), List.of(one.index()), other, other)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ingest batch 0, but")
        .hasMessageContaining("hold entries of batch 0");
    assertThatThrownBy(
            () ->
                CorpusDeduplication.decide(
                    spark,
                    documents,
                    new DeduplicationRequest(
                        1, SpanCut.sentences(3), List.of(one.index()), other, other)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("to be cut by sentence-3, but")
        .hasMessageContaining("cut by line-1: use one cut for all batches");
    assertThatThrownBy(
            () ->
                CorpusDeduplication.decide(
                    spark,
                    documents,
                    new DeduplicationRequest(
                        1,
                        SpanCut.lines(),
                        List.of(folder.resolve("gone").toString()),
                        other,
                        other)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("gone");
    assertThatThrownBy(
            () -> new DeduplicationRequest(1, SpanCut.lines(), List.of(other), other, "d"))
        .hasMessageContaining("give this batch a folder of its own");
  }

  @Test
  void decisionsThatWereNeverMadeAreNamed() {
    assertThatThrownBy(() -> FileDecisions.open(request("never", 3, SpanCut.lines()), 0, 3, CONF))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("decisions-3 do not exist: deduplicate ingest batch 3 first");
  }

  @Tag("long")
  @Test
  void decisionsOnOtherDocumentsAreNotCarriedOut() throws IOException {
    List<Document> in = Facts.documents(Facts.of("dedupe").get("in"));
    DeduplicationRequest request = request("passed-over", 0, SpanCut.lines());
    CorpusDeduplication.decide(spark, placed(in, 1), request);

    try (FileDecisions decisions = FileDecisions.open(request, 0, SENTENCES, CONF)) {
      assertThatThrownBy(() -> decisions.apply(2, in.get(1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("file 0: line 2 comes after line 1");
    }
  }

  private DeduplicationRequest request(String run, int batch, SpanCut cut) {
    Path base = folder.resolve(run);
    List<String> earlier =
        IntStream.range(0, batch).mapToObj(b -> base.resolve("index-" + b).toString()).toList();
    return new DeduplicationRequest(
        batch,
        cut,
        earlier,
        base.resolve("index-" + batch).toString(),
        base.resolve("decisions-" + batch).toString());
  }

  /** The documents at places that ascend with them, in partitions that know nothing of places. */
  private static JavaPairRDD<DocumentPlace, Document> placed(
      List<Document> documents, int partitions) {
    List<Tuple2<Integer, Document>> numbered =
        new ArrayList<>(
            IntStream.range(0, documents.size())
                .mapToObj(i -> new Tuple2<>(i, documents.get(i)))
                .toList());
    Collections.shuffle(numbered, new Random(partitions));
    return sc.parallelize(numbered, partitions)
        .mapToPair(pair -> new Tuple2<>(placeOf(pair._1()), pair._2()));
  }

  private static DocumentPlace placeOf(int number) {
    return new DocumentPlace(number / DOCUMENTS_A_FILE, number % DOCUMENTS_A_FILE + 1);
  }

  private static List<Optional<Document>> applied(
      DeduplicationRequest request, List<Document> documents) throws IOException {
    List<Optional<Document>> left = new ArrayList<>();
    int files = (documents.size() + DOCUMENTS_A_FILE - 1) / DOCUMENTS_A_FILE;
    for (int file = 0; file < files; file++) {
      try (FileDecisions decisions = FileDecisions.open(request, file, SENTENCES, CONF)) {
        for (int i = file * DOCUMENTS_A_FILE;
            i < Math.min(documents.size(), (file + 1) * DOCUMENTS_A_FILE);
            i++) {
          left.add(decisions.apply(placeOf(i).line(), documents.get(i)));
        }
      }
    }
    return left;
  }

  /**
   * Documents of sentences drawn from a few, so that spans repeat, some with a URL that repeats.
   */
  private static List<Document> documents(int seed, int files) {
    Random random = new Random(seed);
    List<Document> documents = new ArrayList<>();
    for (int i = 0; i < files * DOCUMENTS_A_FILE; i++) {
      StringBuilder text = new StringBuilder();
      int sentences = 3 + random.nextInt(6);
      for (int s = 0; s < sentences; s++) {
        boolean common = random.nextInt(3) > 0;
        text.append(common ? "The mill turns " : "The Mill of page %d-%d turns ".formatted(seed, i))
            .append(random.nextInt(common ? 5 : 1000))
            .append(random.nextInt(3) == 0 ? " times.\n" : " times. ");
      }
      int page = random.nextInt(6) == 0 ? random.nextInt(40) : 1000 * seed + i;
      documents.add(new Document("https://a.example/" + page, text.toString(), "", "en"));
    }
    return documents;
  }

  private static long losses(List<Document> documents, List<Optional<Document>> left) {
    return IntStream.range(0, documents.size())
        .filter(i -> !left.get(i).equals(Optional.of(documents.get(i))))
        .count();
  }
}
