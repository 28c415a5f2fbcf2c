package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.source.CorpusReader;
import io.sparkswitch.data.source.SourceRecord;
import io.sparkswitch.data.token.WordCount;
import io.sparkswitch.data.token.Words;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
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
   * @param files paths of JSON lines files
   * @param maxWords words to return at most
   */
  public static List<WordCount> countWords(JavaSparkContext sc, List<String> files, int maxWords) {
    if (maxWords < 1) {
      throw new IllegalArgumentException(
          "at most %d words: at least 1 is needed".formatted(maxWords));
    }
    HadoopSettings hadoop = new HadoopSettings(sc.hadoopConfiguration());
    JavaPairRDD<String, Long> counts =
        sc.parallelize(new ArrayList<>(files), Math.max(1, files.size()))
            .flatMap(file -> new FileWords(file, hadoop))
            .mapToPair(word -> new Tuple2<>(word, 1L))
            .reduceByKey(Long::sum);
    List<Tuple2<String, Long>> top = counts.takeOrdered(maxWords, new MostFrequentFirst());
    return top.stream().map(entry -> new WordCount(entry._1(), entry._2())).toList();
  }

  /** Streams the words of one file. */
  private static final class FileWords implements Iterator<String> {
    private final CorpusReader reader;
    private Iterator<String> words = Collections.emptyIterator();

    FileWords(String file, HadoopSettings hadoop) {
      reader = CorpusReader.open(file, hadoop.conf());
      TaskContext.get()
          .addTaskCompletionListener((TaskCompletionListener) context -> reader.close());
    }

    @Override
    public boolean hasNext() {
      while (!words.hasNext() && reader.hasNext()) {
        if (reader.next() instanceof SourceRecord.Kept kept) {
          words = Words.split(kept.document().text()).iterator();
        }
      }
      return words.hasNext();
    }

    @Override
    public String next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return words.next();
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
