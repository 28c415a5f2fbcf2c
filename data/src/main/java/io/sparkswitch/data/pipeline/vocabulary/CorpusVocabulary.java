package io.sparkswitch.data.pipeline.vocabulary;

import io.sparkswitch.data.pipeline.serial.HadoopSettings;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.Document;
import io.sparkswitch.data.source.SourceRecord;
import io.sparkswitch.data.source.read.CorpusReader;
import io.sparkswitch.data.token.Words;
import io.sparkswitch.data.token.normalise.CharacterMap;
import io.sparkswitch.data.token.normalise.Normalisation;
import io.sparkswitch.data.token.train.TextSettings;
import io.sparkswitch.data.token.train.WordCount;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/** Counts a corpus's words for the training of a vocabulary. */
public final class CorpusVocabulary {
  private CorpusVocabulary() {}

  /**
   * {@link #countWords(JavaSparkContext, List, TextSettings, double)} without normalisation, all
   * languages alike.
   *
   * @param maxWords words to return at most
   */
  public static List<WordCount> countWords(
      JavaSparkContext sc, List<CorpusFile> files, int maxWords) {
    TextSettings settings =
        TextSettings.defaults().with(Normalisation.IDENTITY).withMaxWords(maxWords);
    return countWords(sc, files, settings, 1);
  }

  /**
   * What a vocabulary is trained on: the {@link Words#runs} of the files' normalised documents, in
   * {@link WordCount#MOST_FREQUENT_FIRST}'s order, each language weighted. A language's share of
   * the text becomes (its characters)<sup>exponent</sup> over the sum of all languages'. Nothing is
   * drawn: the result depends on the documents and the settings alone. Malformed lines are passed
   * over.
   *
   * @param files files of a corpus
   * @param languageExponent in [0, 1]: 1 leaves the corpus's own shares, 0 makes them equal
   */
  public static List<WordCount> countWords(
      JavaSparkContext sc, List<CorpusFile> files, TextSettings settings, double languageExponent) {
    if (!(languageExponent >= 0 && languageExponent <= 1)) {
      throw new IllegalArgumentException(
          "language-exponent = %s is outside [0, 1]".formatted(languageExponent));
    }
    HadoopSettings hadoop = new HadoopSettings(sc.hadoopConfiguration());
    byte[] characterMap = settings.normalisation().characterMap().toBytes();
    int longest = settings.longestWord();
    JavaPairRDD<Tuple2<String, String>, Long> counts =
        sc.parallelize(new ArrayList<>(files), Math.max(1, files.size()))
            .flatMapToPair(
                file -> new FileCounts(file, hadoop, CharacterMap.of(characterMap), longest))
            .reduceByKey(Long::sum);
    LanguageWeights weights = LanguageWeights.of(characters(counts), languageExponent);
    // Sorted by Spark, which spills, and not by the driver: it never holds more than maxWords.
    return counts
        .mapToPair(count -> weighted(count, weights))
        .filter(count -> count._2() > 0)
        .reduceByKey(Long::sum)
        .mapToPair(count -> new Tuple2<>(count, 0))
        .sortByKey(new MostFrequentFirst())
        .take(settings.maxWords())
        .stream()
        .map(entry -> new WordCount(entry._1()._1(), entry._1()._2()))
        .toList();
  }

  /** Counts the code points of each language. */
  private static Map<String, Long> characters(JavaPairRDD<Tuple2<String, String>, Long> counts) {
    return counts
        .mapToPair(
            count -> {
              String word = count._1()._2();
              long length = word.codePointCount(0, word.length());
              return new Tuple2<>(count._1()._1(), Math.multiplyExact(length, count._2()));
            })
        .reduceByKey(Math::addExact)
        .collectAsMap();
  }

  private static Tuple2<String, Long> weighted(
      Tuple2<Tuple2<String, String>, Long> count, LanguageWeights weights) {
    String word = count._1()._2();
    return new Tuple2<>(word, weights.weigh(count._1()._1(), word, count._2()));
  }

  /** Streams one file's counts by language and word, over so many distinct words at most a time. */
  private static final class FileCounts implements Iterator<Tuple2<Tuple2<String, String>, Long>> {
    private static final int DISTINCT_WORDS = 200_000;

    private final CorpusReader reader;
    private final CharacterMap characterMap;
    private final int longest;
    private Iterator<Map.Entry<Tuple2<String, String>, Long>> counts = Collections.emptyIterator();

    FileCounts(CorpusFile file, HadoopSettings hadoop, CharacterMap characterMap, int longest) {
      this.reader = CorpusReader.open(file, hadoop.conf());
      this.characterMap = characterMap;
      this.longest = longest;
      TaskContext.get()
          .addTaskCompletionListener((TaskCompletionListener) context -> reader.close());
    }

    @Override
    public boolean hasNext() {
      while (!counts.hasNext() && reader.hasNext()) {
        counts = nextStretch().entrySet().iterator();
      }
      return counts.hasNext();
    }

    @Override
    public Tuple2<Tuple2<String, String>, Long> next() {
      if (!hasNext()) {
        throw new NoSuchElementException("no more counts");
      }
      Map.Entry<Tuple2<String, String>, Long> entry = counts.next();
      return new Tuple2<>(entry.getKey(), entry.getValue());
    }

    private Map<Tuple2<String, String>, Long> nextStretch() {
      Map<Tuple2<String, String>, Long> stretch = new HashMap<>();
      while (stretch.size() < DISTINCT_WORDS && reader.hasNext()) {
        if (reader.next() instanceof SourceRecord.Kept kept) {
          count(kept.document(), stretch);
        }
      }
      return stretch;
    }

    private void count(Document document, Map<Tuple2<String, String>, Long> stretch) {
      for (String word : Words.runs(characterMap.normalise(document.text()), longest)) {
        stretch.merge(new Tuple2<>(document.language(), word), 1L, Long::sum);
      }
    }
  }

  private static final class MostFrequentFirst
      implements Comparator<Tuple2<String, Long>>, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public int compare(Tuple2<String, Long> a, Tuple2<String, Long> b) {
      return WordCount.MOST_FREQUENT_FIRST.compare(
          new WordCount(a._1(), a._2()), new WordCount(b._1(), b._2()));
    }
  }
}
