package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.pipeline.cut.Cleaning;
import io.sparkswitch.data.pipeline.vocabulary.CorpusVocabulary;
import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.Split;
import io.sparkswitch.data.token.Vocabulary;
import io.sparkswitch.data.token.train.UnigramSettings;
import io.sparkswitch.data.token.train.UnigramTrainer;
import io.sparkswitch.data.token.train.WordCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A small corpus, a vocabulary and Spark, for tests of preparation. */
abstract class PreparationTestCase {
  static final Configuration CONF = new Configuration();
  static final int LENGTH = 20;
  static final int FILES = 3;
  static final int DOCUMENTS = 60;

  static SparkSession spark;
  static JavaSparkContext sc;
  static Vocabulary vocabulary;
  static Path vocabularyFile;

  @TempDir static Path shared;
  @TempDir Path folder;
  Path corpus;
  Path output;

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

  PrepareSummary prepare() {
    return prepare(request(LENGTH, 0.5, List.of()));
  }

  PrepareSummary prepareWith(Path model) {
    ShardOutput out = new ShardOutput(output.toString(), ShardOutput.Existing.KEEP, Map.of());
    return prepare(request(LENGTH, 0, List.of(), model, out));
  }

  PrepareSummary prepare(PrepareRequest request) {
    return CorpusPreparation.prepare(sc, request, PrepareProgress.NONE);
  }

  PrepareRequest request(int length, double quarantineShare, List<String> excluded) {
    ShardOutput out =
        new ShardOutput(output.toString(), ShardOutput.Existing.KEEP, Map.of("version", "test"));
    return request(length, quarantineShare, excluded, vocabularyFile, out);
  }

  PrepareRequest request(
      int length, double quarantineShare, List<String> excluded, Path model, ShardOutput out) {
    return new PrepareRequest(
        corpus.toString(),
        Split.TRAIN,
        model.toString(),
        new PrepareRules(new ShardSettings(length, 8), Cleaning.none(), quarantineShare, excluded),
        out);
  }

  PrepareRequest request(Cleaning cleaning) {
    PrepareRequest plain = request(LENGTH, 0.5, List.of());
    return new PrepareRequest(
        plain.corpus(),
        plain.split(),
        plain.vocabulary(),
        new PrepareRules(plain.rules().settings(), cleaning, 0.5, List.of()),
        plain.output());
  }

  /** Digests of the shards' bytes by their names. */
  Map<String, String> shardDigests() throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(output)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".parquet")).toList()) {
        digests.put(output.relativize(file).toString(), Digests.of(Files.newInputStream(file)));
      }
    }
    return digests;
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
