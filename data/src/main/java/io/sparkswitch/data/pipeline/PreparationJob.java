package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.pipeline.cut.Recipe;
import io.sparkswitch.data.pipeline.cut.ShardTask;
import io.sparkswitch.data.pipeline.cut.VocabularyFile;
import io.sparkswitch.data.pipeline.duplicate.DeduplicationRequest;
import io.sparkswitch.data.pipeline.folder.IngestPlan.PlannedSource;
import io.sparkswitch.data.pipeline.folder.ShardFolder;
import io.sparkswitch.data.pipeline.serial.HadoopSettings;
import io.sparkswitch.data.shard.SourceEntry;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.token.Vocabulary;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;

/**
 * Makes the shards of source files, one file a task. Each task commits its own file, so nothing is
 * lost with the driver.
 */
final class PreparationJob {
  private static final Duration POLL = Duration.ofSeconds(1);

  private final JavaSparkContext sc;
  private final String vocabulary;
  private final Path folder;
  private final Recipe recipe;
  private final long[] excluded;
  private final Map<Integer, DeduplicationRequest> duplicates;

  /**
   * @param vocabulary path of the SentencePiece model
   * @param folder the shard folder
   * @param excluded hashes of addresses that are taken down, sorted
   * @param duplicates decisions by the number of the source, if any were made
   */
  PreparationJob(
      JavaSparkContext sc,
      String vocabulary,
      Path folder,
      Recipe recipe,
      long[] excluded,
      Map<Integer, DeduplicationRequest> duplicates) {
    this.sc = sc;
    this.vocabulary = vocabulary;
    this.folder = folder;
    this.recipe = recipe;
    this.excluded = excluded;
    this.duplicates = duplicates;
  }

  /**
   * Makes the shards of the sources, as the given ingest batch.
   *
   * @param made the entries of sources that were made before, by their number
   * @throws InputException if one of these has another content now
   */
  void run(
      int batch,
      List<PlannedSource> todo,
      Map<Integer, SourceEntry> made,
      PrepareProgress progress) {
    if (todo.isEmpty()) {
      return;
    }
    // Long files first: the last task to end decides when all is done.
    ArrayList<PlannedSource> sources = new ArrayList<>(todo);
    sources.sort(
        Comparator.comparingLong((PlannedSource source) -> -source.file().bytes())
            .thenComparing(PlannedSource::number));
    HashMap<Integer, String> digests = new HashMap<>();
    made.forEach((number, entry) -> digests.put(number, entry.source().sha256()));
    LongAccumulator bytesDone = sc.sc().longAccumulator("source bytes");
    LongAccumulator filesDone = sc.sc().longAccumulator("source files");
    Broadcast<long[]> takenDown = sc.broadcast(excluded);
    FileTask task =
        new FileTask(
            sources,
            batch,
            recipe,
            vocabulary,
            folder.toString(),
            new HadoopSettings(sc.hadoopConfiguration()),
            takenDown,
            new HashMap<>(duplicates),
            digests);
    List<Integer> indices = IntStream.range(0, sources.size()).boxed().toList();
    JavaFutureAction<Void> action;
    String what = "cleaning, tokenising and cutting %,d files".formatted(sources.size());
    try (JobPhase phase = JobPhase.begin(sc, what)) {
      action =
          sc.parallelize(new ArrayList<>(indices), sources.size())
              .foreachAsync(
                  index -> {
                    task.run(index);
                    bytesDone.add(sources.get(index).file().bytes());
                    filesDone.add(1);
                  });
    }
    long bytes = sources.stream().mapToLong(source -> source.file().bytes()).sum();
    long start = System.nanoTime();
    while (!ended(action)) {
      progress.at(
          bytesDone.value(),
          bytes,
          Math.toIntExact(filesDone.value()),
          sources.size(),
          Duration.ofNanos(System.nanoTime() - start));
    }
    takenDown.destroy();
  }

  /** Waits a little; whether all is done. */
  private static boolean ended(JavaFutureAction<Void> action) {
    try {
      action.get(POLL.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      boolean signalled = ShutdownHookManager.get().isShutdownInProgress();
      Throwable cause = signalled ? interruption(e.getCause()) : e.getCause();
      throw new IllegalStateException("preparing failed: " + cause.getMessage(), cause);
    } catch (InterruptedException e) {
      action.cancel(true);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while preparing; the same command continues", e);
    }
  }

  /** A signal to this process has ended Spark under the job. */
  private static InterruptedException interruption(Throwable failure) {
    InterruptedException interruption = new InterruptedException("Spark was stopped");
    interruption.initCause(failure);
    return interruption;
  }

  /** What a task's closure carries. */
  private record FileTask(
      ArrayList<PlannedSource> sources,
      int batch,
      Recipe recipe,
      String vocabulary,
      String folder,
      HadoopSettings hadoop,
      Broadcast<long[]> excluded,
      HashMap<Integer, DeduplicationRequest> duplicates,
      HashMap<Integer, String> digests)
      implements Serializable {

    void run(int index) throws IOException {
      Configuration conf = hadoop.conf();
      Vocabulary loaded = VocabularyFile.load(vocabulary, recipe.vocabulary().digest(), conf);
      Path path = new Path(folder);
      PlannedSource source = sources.get(index);
      ShardTask.Workshop workshop =
          new ShardTask.Workshop(
              path,
              conf,
              recipe,
              batch,
              loaded::encode,
              excluded.value(),
              Optional.ofNullable(duplicates.get(source.number())));
      SourceEntry entry = ShardTask.run(workshop, source);
      String before = digests.getOrDefault(source.number(), entry.source().sha256());
      if (!before.equals(entry.source().sha256())) {
        throw new InputException(
            "%s has another content than when its shards were made (SHA-256 %s, then %s): put the old file back, or use --fresh to make all shards again"
                .formatted(source.file().path(), entry.source().sha256(), before));
      }
      ShardFolder.write(entry, path, conf);
    }
  }
}
