package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.clean.Cleaner;
import io.sparkswitch.data.clean.Outcome;
import io.sparkswitch.data.clean.SpanCut;
import io.sparkswitch.data.pipeline.cut.Cleaning;
import io.sparkswitch.data.pipeline.cut.Recipe;
import io.sparkswitch.data.pipeline.duplicate.CorpusDeduplication;
import io.sparkswitch.data.pipeline.duplicate.DeduplicationRequest;
import io.sparkswitch.data.pipeline.duplicate.DeduplicationSummary;
import io.sparkswitch.data.pipeline.duplicate.DocumentPlace;
import io.sparkswitch.data.pipeline.folder.IngestPlan;
import io.sparkswitch.data.pipeline.folder.IngestPlan.PlannedSource;
import io.sparkswitch.data.pipeline.serial.HadoopSettings;
import io.sparkswitch.data.shard.WholeFile;
import io.sparkswitch.data.source.Document;
import io.sparkswitch.data.source.SourceRecord;
import io.sparkswitch.data.source.read.CorpusReader;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/**
 * The decisions on duplicates of a shard folder, one ingest batch after the other: {@code
 * _duplicates/index-000001} and {@code decisions-000001}, which count once {@code 000001.done} is
 * there. Sources that are made again keep the decisions of the batch that they came with.
 */
final class DuplicateBatches {
  /** Where the decisions lie in a shard folder. */
  static final String FOLDER = "_duplicates";

  private static final String PARTITIONS = "spark.sql.shuffle.partitions";

  /** Stored, which is compressed mostly: about as much again are the keys of its spans. */
  private static final long BYTES_PER_PARTITION = 32L << 20;

  private final JavaSparkContext sc;
  private final Path folder;
  private final Recipe recipe;
  private final SpanCut cut;

  DuplicateBatches(JavaSparkContext sc, Path folder, Recipe recipe, SpanCut cut) {
    this.sc = sc;
    this.folder = new Path(folder, FOLDER);
    this.recipe = recipe;
    this.cut = cut;
  }

  /**
   * Decides whatever is not decided yet.
   *
   * @param plans all ingest batches, in their order
   * @return the decisions on each source, by its number
   */
  Map<Integer, DeduplicationRequest> decide(List<IngestPlan> plans, PrepareProgress progress)
      throws IOException {
    Map<Integer, DeduplicationRequest> bySource = new HashMap<>();
    List<String> earlier = new ArrayList<>();
    for (IngestPlan plan : plans) {
      List<PlannedSource> own =
          plan.sources().stream().filter(s -> !bySource.containsKey(s.number())).toList();
      if (own.isEmpty()) {
        continue;
      }
      String index = part("index", plan.number());
      DeduplicationRequest request =
          new DeduplicationRequest(
              plan.number(), cut, earlier, index, part("decisions", plan.number()));
      Path done = new Path(folder, "%06d.done".formatted(plan.number()));
      if (WholeFile.read(done, sc.hadoopConfiguration()).isEmpty()) {
        progress.say("looking for duplicates in %,d files".formatted(own.size()));
        DeduplicationSummary summary = decide(session(plans), own, request);
        progress.say(
            "%,d documents repeat what came before: %,d spans of them go, and %,d whole pages"
                .formatted(summary.documents(), summary.spans(), summary.samePages()));
        WholeFile.write(
            done, sc.hadoopConfiguration(), summary.toString().getBytes(StandardCharsets.UTF_8));
      }
      own.forEach(source -> bySource.put(source.number(), request));
      earlier.add(index);
    }
    return bySource;
  }

  private DeduplicationSummary decide(
      SparkSession session, List<PlannedSource> own, DeduplicationRequest request) {
    String what = "looking for duplicates in batch %d".formatted(request.batch());
    try (JobPhase phase = JobPhase.begin(sc, what)) {
      return CorpusDeduplication.decide(session, documents(own), request);
    }
  }

  /** With as many partitions as the text up to a batch asks for, unless the user chose them. */
  private SparkSession session(List<IngestPlan> plans) {
    SparkSession session = SparkSession.builder().getOrCreate();
    if (sc.getConf().contains(PARTITIONS)) {
      return session;
    }
    long bytes =
        plans.stream().flatMap(p -> p.sources().stream()).mapToLong(s -> s.file().bytes()).sum();
    long partitions = Math.max(sc.defaultParallelism(), 1 + bytes / BYTES_PER_PARTITION);
    SparkSession own = session.newSession();
    own.conf().set(PARTITIONS, Long.toString(partitions));
    return own;
  }

  private String part(String name, int batch) {
    return new Path(folder, "%s-%06d".formatted(name, batch)).toString();
  }

  private JavaPairRDD<DocumentPlace, Document> documents(List<PlannedSource> sources) {
    CleanedFiles files =
        new CleanedFiles(
            new ArrayList<>(sources),
            recipe.cleaning(),
            new HadoopSettings(sc.hadoopConfiguration()));
    List<Integer> indices = IntStream.range(0, sources.size()).boxed().toList();
    return sc.parallelize(new ArrayList<>(indices), sources.size()).flatMapToPair(files::documents);
  }

  /** What a task's closure carries. */
  private record CleanedFiles(
      ArrayList<PlannedSource> sources, Cleaning cleaning, HadoopSettings hadoop)
      implements Serializable {

    Iterator<Tuple2<DocumentPlace, Document>> documents(int index) {
      PlannedSource source = sources.get(index);
      CorpusReader reader = CorpusReader.open(source.file(), hadoop.conf());
      TaskContext.get()
          .addTaskCompletionListener((TaskCompletionListener) context -> reader.close());
      return new CleanedDocuments(source.number(), reader, cleaning.cleaner());
    }
  }

  /** The documents of one file that cleaning keeps, one at a time. */
  private static final class CleanedDocuments implements Iterator<Tuple2<DocumentPlace, Document>> {
    private final int source;
    private final CorpusReader reader;
    private final Cleaner cleaner;
    private Tuple2<DocumentPlace, Document> pending;

    CleanedDocuments(int source, CorpusReader reader, Cleaner cleaner) {
      this.source = source;
      this.reader = reader;
      this.cleaner = cleaner;
    }

    @Override
    public boolean hasNext() {
      while (pending == null && reader.hasNext()) {
        if (reader.next() instanceof SourceRecord.Kept record
            && cleaner.clean(record.document()) instanceof Outcome.Kept clean) {
          pending = new Tuple2<>(new DocumentPlace(source, record.position()), clean.document());
        }
      }
      return pending != null;
    }

    @Override
    public Tuple2<DocumentPlace, Document> next() {
      if (!hasNext()) {
        throw new NoSuchElementException("no more documents");
      }
      Tuple2<DocumentPlace, Document> next = pending;
      pending = null;
      return next;
    }
  }
}
