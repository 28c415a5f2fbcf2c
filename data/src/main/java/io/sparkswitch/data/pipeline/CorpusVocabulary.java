package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.CorpusReader;
import io.sparkswitch.data.source.SourceRecord;
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
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/** Counts a corpus's words for the training of a vocabulary. */
public final class CorpusVocabulary {
  private CorpusVocabulary() {}

  /**
   * The most frequent words of the files' documents, most frequent first, equal counts by the word;
   * malformed lines are passed over.
   *
   * @param files files of a corpus
   * @param maxWords words to return at most
   */
  public static List<WordCount> countWords(
      JavaSparkContext sc, List<CorpusFile> files, int maxWords) {
    if (maxWords < 1) {
      throw new IllegalArgumentException(
          "at most %d words: at least 1 is needed".formatted(maxWords));
    }
    HadoopSettings hadoop = new HadoopSettings(sc.hadoopConfiguration());
    JavaPairRDD<String, Long> counts =
        sc.parallelize(new ArrayList<>(files), Math.max(1, files.size()))
            .flatMapToPair(file -> new FileCounts(file, hadoop))
            .reduceByKey(Long::sum);
    // Sorted by Spark, which spills, and not by the driver: it never holds more than maxWords.
    return counts
        .mapToPair(count -> new Tuple2<>(count, 0))
        .sortByKey(new MostFrequentFirst())
        .take(maxWords)
        .stream()
        .map(entry -> new WordCount(entry._1()._1(), entry._1()._2()))
        .toList();
  }

  /** Streams the counts of one file, summed over stretches of so many distinct words at most. */
  private static final class FileCounts implements Iterator<Tuple2<String, Long>> {
    private static final int DISTINCT_WORDS = 200_000;

    private final CorpusReader reader;
    private Iterator<Map.Entry<String, Long>> counts = Collections.emptyIterator();

    FileCounts(CorpusFile file, HadoopSettings hadoop) {
      reader = CorpusReader.open(file, hadoop.conf());
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
    public Tuple2<String, Long> next() {
      if (!hasNext()) {
        throw new NoSuchElementException("no more counts");
      }
      Map.Entry<String, Long> entry = counts.next();
      return new Tuple2<>(entry.getKey(), entry.getValue());
    }

    private Map<String, Long> nextStretch() {
      Map<String, Long> stretch = new HashMap<>();
      while (stretch.size() < DISTINCT_WORDS && reader.hasNext()) {
        if (reader.next() instanceof SourceRecord.Kept kept) {
          Words.split(kept.document().text()).forEach(word -> stretch.merge(word, 1L, Long::sum));
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
      int byCount = Long.compare(b._2(), a._2());
      return byCount != 0 ? byCount : a._1().compareTo(b._1());
    }
  }
}
