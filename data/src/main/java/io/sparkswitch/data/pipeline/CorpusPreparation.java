package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.source.Corpus;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.token.Vocabulary;
import io.sparkswitch.data.token.VocabularySpec;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/** From C4 lines to a finished shard folder; one source file in one task. */
public final class CorpusPreparation {
  private CorpusPreparation() {}

  /**
   * Prepares one split. A folder that holds just what is asked for is left alone; a folder that was
   * never finished is started over. Malformed lines are counted and kept aside.
   *
   * @throws InputException if corpus or vocabulary are missing, or finished shards are damaged
   * @throws IllegalArgumentException if the folder holds shards of other settings, vocabulary or
   *     sources, and {@link ShardOutput.Existing#REPLACE} was not asked for
   */
  public static PrepareSummary prepare(JavaSparkContext sc, PrepareRequest request) {
    Configuration conf = sc.hadoopConfiguration();
    List<CorpusFile> sources = Corpus.files(request.corpus(), conf, request.split());
    Vocabulary vocabulary = VocabularyFile.load(request.vocabulary(), conf);
    ShardPlan plan = new ShardPlan(sources, request.settings(), vocabulary.spec());
    String output = request.output().folder();
    try {
      ShardFolder folder = new ShardFolder(output, conf);
      if (request.output().existing() == ShardOutput.Existing.KEEP) {
        Optional<ShardManifest> committed = folder.committed();
        if (committed.isPresent()) {
          requireSame(output, plan, committed.get());
          ShardManifest whole = ShardSet.open(output, conf).manifest();
          return new PrepareSummary(output, PrepareSummary.Outcome.NOTHING_NEW, whole);
        }
      }
      folder.clear();
      List<ShardFile> shards = write(sc, request, plan, folder.path());
      ShardManifest manifest =
          ShardManifest.of(
              plan.settings(), plan.vocabulary(), shards, request.output().provenance());
      folder.commit(manifest);
      return new PrepareSummary(output, PrepareSummary.Outcome.PREPARED, manifest);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot prepare shard folder " + output, e);
    }
  }

  private static void requireSame(String folder, ShardPlan plan, ShardManifest committed) {
    Optional<String> difference = plan.differenceFrom(committed);
    if (difference.isPresent()) {
      throw new IllegalArgumentException(
          "%s holds other shards than asked for: %s. Use --fresh to replace them, or another folder"
              .formatted(folder, difference.get()));
    }
  }

  private static List<ShardFile> write(
      JavaSparkContext sc, PrepareRequest request, ShardPlan plan, Path folder) {
    HadoopSettings hadoop = new HadoopSettings(sc.hadoopConfiguration());
    WholeFile task =
        new WholeFile(
            new ArrayList<>(plan.sources()),
            plan.settings(),
            plan.vocabulary().pieces(),
            plan.vocabulary().digest(),
            request.vocabulary(),
            folder.toString(),
            hadoop);
    List<Integer> indices = IntStream.range(0, plan.sources().size()).boxed().toList();
    return sc.parallelize(new ArrayList<>(indices), indices.size()).map(task::run).collect();
  }

  /** The plan and its surroundings, as a task's closure carries them. */
  private record WholeFile(
      ArrayList<CorpusFile> sources,
      ShardSettings settings,
      int pieces,
      String vocabularyDigest,
      String vocabulary,
      String folder,
      HadoopSettings hadoop)
      implements Serializable {
    // Spark starts a stage anew a few times at most, and a task a few times within it.
    private static final int ATTEMPTS_OF_STAGE = 1000;

    ShardFile run(int source) throws IOException {
      Configuration conf = hadoop.conf();
      Vocabulary loaded = VocabularyFile.load(vocabulary, vocabularyDigest, conf);
      ShardPlan plan =
          new ShardPlan(sources, settings, new VocabularySpec(pieces, vocabularyDigest));
      TaskContext context = TaskContext.get();
      int attempt = context.stageAttemptNumber() * ATTEMPTS_OF_STAGE + context.attemptNumber();
      return new ShardTask(new Path(folder), conf, plan, loaded::encode).run(source, attempt);
    }
  }
}
