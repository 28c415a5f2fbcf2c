package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.source.CorpusReader;
import io.sparkswitch.data.source.SourceRecord;
import io.sparkswitch.data.token.CharacterMap;
import io.sparkswitch.data.token.TextSettings;
import io.sparkswitch.data.token.WordCount;
import io.sparkswitch.data.token.Words;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/** Counts a corpus's words for the training of a vocabulary. */
public final class CorpusVocabulary {
  private CorpusVocabulary() {}

  /**
   * The words of the files' documents that a vocabulary is trained on, in {@link
   * WordCount#MOST_FREQUENT_FIRST}'s order; malformed lines are passed over. All files count alike.
   *
   * @param files paths of JSON lines files
   */
  public static List<WordCount> countWords(
      JavaSparkContext sc, List<String> files, TextSettings settings) {
    return countWords(sc, Map.of("", files), 1, settings);
  }

  /**
   * The words of a corpus of several languages, each language weighted: a language's share of the
   * text becomes (its characters)<sup>exponent</sup> over the sum of all languages'. No draws are
   * made: the result depends on the documents and the settings alone.
   *
   * @param filesByLanguage paths of JSON lines files
   * @param languageExponent in [0, 1]: 1 leaves the corpus's own shares, 0 makes them equal
   */
  public static List<WordCount> countWords(
      JavaSparkContext sc,
      Map<String, List<String>> filesByLanguage,
      double languageExponent,
      TextSettings settings) {
    if (!(languageExponent >= 0 && languageExponent <= 1)) {
      throw new IllegalArgumentException(
          "language-exponent = %s is outside [0, 1]".formatted(languageExponent));
    }
    List<Tuple2<Integer, String>> files = files(filesByLanguage);
    HadoopSettings hadoop = new HadoopSettings(sc.hadoopConfiguration());
    byte[] characterMap = settings.normalisation().characterMap().toBytes();
    int longest = settings.longestWord();
    JavaPairRDD<Tuple2<Integer, String>, Long> counts =
        sc.parallelize(files, Math.max(1, files.size()))
            .flatMapToPair(
                file -> new FileCounts(file, hadoop, CharacterMap.of(characterMap), longest))
            .reduceByKey(Long::sum);
    LanguageWeights weights = weights(counts, filesByLanguage.size(), languageExponent);
    // Sorted by Spark, which spills, and not by the driver: it never holds more than maxWords.
    return counts
        .mapToPair(
            count -> {
              Tuple2<Integer, String> key = count._1();
              return new Tuple2<>(key._2(), weights.weigh(key._1(), key._2(), count._2()));
            })
        .filter(count -> count._2() > 0)
        .reduceByKey(Long::sum)
        .mapToPair(count -> new Tuple2<>(count, 0))
        .sortByKey(new MostFrequentFirst())
        .take(settings.maxWords())
        .stream()
        .map(entry -> new WordCount(entry._1()._1(), entry._1()._2()))
        .toList();
  }

  /** Each file with the number of its language; languages are numbered in their names' order. */
  private static List<Tuple2<Integer, String>> files(Map<String, List<String>> filesByLanguage) {
    List<Tuple2<Integer, String>> files = new ArrayList<>();
    int language = 0;
    for (List<String> paths : new TreeMap<>(filesByLanguage).values()) {
      for (String path : paths) {
        files.add(new Tuple2<>(language, path));
      }
      language++;
    }
    return files;
  }

  private static LanguageWeights weights(
      JavaPairRDD<Tuple2<Integer, String>, Long> counts, int languages, double exponent) {
    long[] characters = new long[languages];
    if (languages <= 1) {
      return new LanguageWeights(new double[] {1});
    }
    counts
        .mapToPair(
            count -> {
              String word = count._1()._2();
              return new Tuple2<>(
                  count._1()._1(), count._2() * word.codePointCount(0, word.length()));
            })
        .reduceByKey(Long::sum)
        .collect()
        .forEach(entry -> characters[entry._1()] = entry._2());
    return LanguageWeights.of(characters, exponent);
  }

  /** Streams the counts of one file by language and word, summed over stretches of so many distinct words at most. */
  private static final class FileCounts 
      implements Iterator<Tuple2<Tuple2<Integer, String>, Long>> {
    private static final int DISTINCT_WORDS = 200_000;

    private final int language;
    private final CorpusReader reader;
    private final CharacterMap characterMap;
    private final int longest;
    private Iterator<Map.Entry<String, Long>> counts = Collections.emptyIterator();

    FileCounts(
        Tuple2<Integer, String> file,
        HadoopSettings hadoop,
        CharacterMap characterMap,
        int longest) {
      this.language = file._1();
      this.reader = CorpusReader.open(file._2(), hadoop.conf());
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
    public Tuple2<Tuple2<Integer, String>, Long> next() {
      if (!hasNext()) {
        throw new NoSuchElementException("no more counts");
      }
      Map.Entry<String, Long> entry = counts.next();
      return new Tuple2<>(new Tuple2<>(language, entry.getKey()), entry.getValue());
    }

    private Map<String, Long> nextStretch() {
      Map<String, Long> stretch = new HashMap<>();
      while (stretch.size() < DISTINCT_WORDS && reader.hasNext()) {
        if (reader.next() instanceof SourceRecord.Kept kept) {
          String text = characterMap.normalise(kept.document().text());
          Words.runs(text, longest).forEach(word -> stretch.merge(word, 1L, Long::sum));
        }
      }
      return stretch;
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
