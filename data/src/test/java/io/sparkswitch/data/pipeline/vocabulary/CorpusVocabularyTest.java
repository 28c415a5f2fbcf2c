package io.sparkswitch.data.pipeline.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.data.pipeline.LocalSpark;
import io.sparkswitch.data.pipeline.TestCorpus;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.token.Words;
import io.sparkswitch.data.token.normalise.Normalisation;
import io.sparkswitch.data.token.train.TextSettings;
import io.sparkswitch.data.token.train.WordCount;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusVocabularyTest {
  private static final TextSettings SETTINGS = TextSettings.defaults();
  private static SparkSession spark;
  private static JavaSparkContext sc;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start();
    sc = JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void wordsAreCountedMostFrequentFirst() throws IOException {
    List<String> texts = TestCorpus.texts(0, 60);
    List<CorpusFile> files = List.of(write("c4-train.0.json.gz", texts));
    Map<String, Long> naive = new HashMap<>();
    texts.forEach(text -> Words.runs(text, 128).forEach(word -> naive.merge(word, 1L, Long::sum)));
    List<WordCount> expected =
        naive.entrySet().stream()
            .map(e -> new WordCount(e.getKey(), e.getValue()))
            .sorted(WordCount.MOST_FREQUENT_FIRST)
            .toList();

    assertThat(CorpusVocabulary.countWords(sc, files, 1000)).isEqualTo(expected);
    assertThat(CorpusVocabulary.countWords(sc, files, 3)).isEqualTo(expected.subList(0, 3));
  }

  @Test
  void textIsNormalisedAndCutBeforeItIsCounted() throws IOException {
    List<CorpusFile> files = List.of(write("c4-train.0.json.gz", List.of("ﬁn\u3000ﬁn, Ａ東京大阪")));
    TextSettings settings = new TextSettings(Normalisation.NMT_NFKC, 1, 10, 3);
    assertThat(CorpusVocabulary.countWords(sc, files, settings, 1))
        .containsExactlyInAnyOrder(
            new WordCount("\u2581fi", 2),
            new WordCount("n", 2),
            new WordCount(",", 1),
            new WordCount("\u2581A", 1),
            new WordCount("東京大", 1),
            new WordCount("阪", 1));
  }

  @Test
  void languagesShareTheTextByTheirCharactersToThePower() throws IOException {
    List<CorpusFile> files =
        List.of(
            write("c4-de.tfrecord-00000-of-00001.json.gz", words("de", 16_000)),
            write("c4-wo.tfrecord-00000-of-00001.json.gz", words("wo", 1_000)));

    assertThat(share(CorpusVocabulary.countWords(sc, files, SETTINGS, 1)))
        .isEqualTo(1.0 / 17, within(1e-12));
    List<WordCount> weighted = CorpusVocabulary.countWords(sc, files, SETTINGS, 0.5);
    assertThat(share(weighted)).isEqualTo(1.0 / 5, within(0.01));
    assertThat(weighted.stream().mapToLong(WordCount::count).sum()).isBetween(16_500L, 17_500L);
    assertThat(share(CorpusVocabulary.countWords(sc, files, SETTINGS, 0)))
        .isEqualTo(1.0 / 2, within(0.01));
  }

  @Test
  void theCountsDependOnNeitherTheOrderOfTheFilesNorTheRun() throws IOException {
    List<CorpusFile> files = new ArrayList<>();
    for (String language : List.of("de", "wo", "sw", "zu")) {
      files.add(
          write(
              "c4-%s.tfrecord-00000-of-00001.json.gz".formatted(language),
              words("x", 300 * (files.size() + 1))));
    }
    List<WordCount> counts = CorpusVocabulary.countWords(sc, files, SETTINGS, 0.3);
    Collections.reverse(files);
    assertThat(counts).isNotEmpty();
    assertThat(CorpusVocabulary.countWords(sc, files, SETTINGS, 0.3)).isEqualTo(counts);
  }

  @Test
  void anExponentOutsideItsRangeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CorpusVocabulary.countWords(sc, List.of(), SETTINGS, 1.5))
        .withMessage("language-exponent = 1.5 is outside [0, 1]");
  }

  /** The share of the words that begin with a w. */
  private static double share(List<WordCount> counts) {
    long all = counts.stream().mapToLong(WordCount::count).sum();
    return counts.stream()
            .filter(count -> count.word().startsWith("\u2581w"))
            .mapToLong(WordCount::count)
            .sum()
        / (double) all;
  }

  /** So many words of seven letters, most of them different. */
  private static List<String> words(String prefix, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      int number = i % 7 == 0 ? 0 : i;
      text.append(' ').append(prefix);
      for (int digit = 0; digit < 5; digit++, number /= 10) {
        text.append((char) ('a' + number % 10));
      }
    }
    return List.of(text.toString());
  }

  private CorpusFile write(String name, List<String> texts) throws IOException {
    Path path = folder.resolve(name);
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(path))) {
      for (String line : TestCorpus.lines(texts)) {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    return CorpusFile.of(path.toString(), Files.size(path));
  }
}
