package io.sparkswitch.jobs;

import io.sparkswitch.data.batch.BatchStream;
import io.sparkswitch.distill.target.store.StreamOrigin;
import io.sparkswitch.distill.target.store.TargetFile;
import io.sparkswitch.distill.target.store.TargetsFolder;
import io.sparkswitch.distill.target.store.TargetsManifest;
import io.sparkswitch.distill.target.store.TargetsOrigin;
import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.gang.DriverProgram;
import io.sparkswitch.jobs.gang.GangMember;
import io.sparkswitch.jobs.gang.RegroupException;
import io.sparkswitch.jobs.loop.Evaluation;
import io.sparkswitch.jobs.loop.LoadedModel;
import io.sparkswitch.jobs.loop.ModelWorker;
import io.sparkswitch.jobs.loop.RunData;
import io.sparkswitch.jobs.loop.Teaching;
import io.sparkswitch.jobs.loop.Tenure;
import io.sparkswitch.jobs.loop.TrainingLoop;
import io.sparkswitch.jobs.loop.TrainingRun;
import io.sparkswitch.jobs.loop.WorkerSpec;
import io.sparkswitch.jobs.track.Console;
import io.sparkswitch.jobs.track.OutputFolder;
import io.sparkswitch.jobs.track.TrainingGauges;
import io.sparkswitch.jobs.track.Watch;
import io.sparkswitch.model.exchange.ExchangeException;
import io.sparkswitch.model.exchange.LocalExchange;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/** A training whose driver and ranks are threads of this process, without Spark. */
final class LocalGang {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final List<String> TINY_SWITCH =
      List.of(
          "seed=5",
          "model.d-model=16",
          "model.d-ff=32",
          "model.num-heads=2",
          "model.d-kv=8",
          "model.num-encoder-layers=2",
          "model.num-decoder-layers=2",
          "model.initialisation-scale=1.0",
          "model.num-experts=4",
          "model.capacity-factor=1.0",
          "routing.group-sequences=2",
          "data.inputs-length=16",
          "data.row-group-segments=16",
          "data.shuffle-window-row-groups=2",
          "training.batch-size=8",
          "training.log-every=1",
          "training.evaluate-every=0",
          "training.checkpoint-every=1",
          "training.keep-checkpoints=100");

  private LocalGang() {}

  /** Of a tiny Switch model, every step of which is logged and kept. */
  static RunConfig config(String... more) {
    return ConfigLoader.load(
        Optional.empty(), Stream.concat(TINY_SWITCH.stream(), Stream.of(more)).toList());
  }

  /**
   * Trains from the first step, or from the last checkpoint in {@code out}.
   *
   * @param shards written by {@link TinyShards}
   */
  static TrainedRun train(RunConfig config, int ranks, Path shards, Path out) throws Exception {
    return train(config, ranks, data(shards), TinyShards.SEGMENTS, out);
  }

  /** As above, as long as {@code tenure} lets it. */
  static TrainedRun train(RunConfig config, int ranks, Path shards, Path out, Tenure tenure)
      throws Exception {
    return train(spec(config, data(shards), out), ranks, TinyShards.SEGMENTS, out, tenure);
  }

  /** As above, on any data. */
  static TrainedRun train(
      RunConfig config, int ranks, RunData data, long validationSequences, Path out)
      throws Exception {
    return train(spec(config, data, out), ranks, validationSequences, out);
  }

  /** As above, of a model that may have a teacher. */
  static TrainedRun train(WorkerSpec spec, int ranks, long validationSequences, Path out)
      throws Exception {
    return train(spec, ranks, validationSequences, out, Tenure.unlimited());
  }

  private static TrainedRun train(
      WorkerSpec spec, int ranks, long validationSequences, Path out, Tenure tenure)
      throws Exception {
    Configuration hadoop = new Configuration();
    Files.createDirectories(Path.of(spec.folders().checkpoints()));
    TrainingLoop loop =
        new TrainingLoop(run(spec, validationSequences, out, hadoop, tenure), hadoop);
    for (int attempt = 0; ; attempt++) {
      try {
        drive(spec, ranks, loop, attempt);
        return new TrainedRun(out);
      } catch (RegroupException e) {
        // As the real gang: another attempt goes on from the last checkpoint.
      }
    }
  }

  /** Evaluates the last checkpoint in {@code run}. */
  static Evaluation.Result evaluate(
      RunConfig config,
      int ranks,
      RunData data,
      Path run,
      long sequences,
      SortedMap<String, Long> languages)
      throws Exception {
    WorkerSpec spec = spec(config, data, run);
    LoadedModel model =
        new LoadedModel(
            spec,
            new TrainedRun(run).checkpoint(config.training().steps()),
            TinyShards.VOCABULARY.rows(),
            new Configuration());
    return drive(spec, ranks, Evaluation.of(model, sequences, languages), 0);
  }

  /**
   * Ranks of an attempt.
   *
   * @param ranks their number
   * @param attempt its number
   */
  record Layout(int ranks, int attempt) {}

  /**
   * Writes the soft targets of the last checkpoint in {@code teacher}, or what is missing of them.
   *
   * @param progress may stop it by an exception
   */
  static TargetsManifest teach(
      RunConfig config, Layout layout, Path shards, Path teacher, Path out, LongConsumer progress)
      throws Exception {
    Configuration hadoop = new Configuration();
    WorkerSpec spec =
        new WorkerSpec(
            config, new WorkerSpec.Folders(data(shards), teacher + "/checkpoints", out.toString()));
    LoadedModel model =
        new LoadedModel(
            spec,
            new TrainedRun(teacher).checkpoint(config.training().steps()),
            TinyShards.VOCABULARY.rows(),
            hadoop);
    Teaching.Assignment assignment =
        new Teaching.Assignment(
            Teaching.settings(config, TinyShards.VOCABULARY.rows()),
            new TargetsOrigin(
                "teacher",
                "vocabulary",
                new StreamOrigin(
                    "data",
                    config.seed(),
                    config.training().batchSize(),
                    "window",
                    new StreamOrigin.Masks(corruptionSeed(config, data(shards)), 0.15, 3))),
            config.teach().commitEvery());
    TargetsFolder folder = new TargetsFolder(out.toString(), hadoop);
    Teaching teaching =
        new Teaching(model, assignment, folder.chunks(), Tenure.unlimited(), progress);
    List<TargetFile> files = drive(spec, layout.ranks(), teaching, layout.attempt());
    TargetsManifest manifest =
        TargetsManifest.of(assignment.settings(), assignment.origin(), files, Map.of());
    folder.commit(manifest);
    return manifest;
  }

  private static long corruptionSeed(RunConfig config, RunData data) throws IOException {
    try (BatchStream stream = data.open(config, new Configuration()).training()) {
      return stream.corruptionSeed();
    }
  }

  /** Shards written by {@link TinyShards}. */
  static RunData data(Path shards) {
    return WorkerSpec.Folders.of(shards.toString(), "").data();
  }

  private static WorkerSpec spec(RunConfig config, RunData data, Path run) {
    return new WorkerSpec(config, new WorkerSpec.Folders(data, run + "/checkpoints", ""));
  }

  /** The level that pays for large files of soft targets costs small ones seconds. */
  private static Configuration quickZstd() {
    Configuration hadoop = new Configuration();
    hadoop.setInt("parquet.compression.codec.zstd.level", 1);
    return hadoop;
  }

  private static <T> T drive(WorkerSpec spec, int ranks, DriverProgram<T> program, int attempt)
      throws Exception {
    List<LocalExchange> ends = LocalExchange.group(ranks, PATIENCE);
    ExecutorService threads = Executors.newFixedThreadPool(ranks);
    List<Future<?>> futures = new ArrayList<>();
    try (LocalExchange driver = ends.get(0).driver()) {
      for (LocalExchange end : ends) {
        futures.add(
            threads.submit(
                () -> {
                  try (end) {
                    new ModelWorker(spec).run(new GangMember(end, attempt, quickZstd()));
                  }
                  return null;
                }));
      }
      T result = program.run(driver, attempt);
      for (Future<?> future : futures) {
        future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
      return result;
    } catch (ExchangeException e) {
      for (Future<?> future : futures) {
        try {
          future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException why) {
          e.addSuppressed(why);
        }
      }
      throw e;
    } finally {
      threads.shutdownNow();
    }
  }

  private static TrainingRun run(
      WorkerSpec spec, long validationSequences, Path out, Configuration hadoop, Tenure tenure)
      throws Exception {
    return new TrainingRun(
        spec,
        OutputFolder.of(out.toString(), hadoop),
        new Watch(
            new Console(
                new PrintWriter(Writer.nullWriter()),
                spec.config().training().steps(),
                Clock.systemUTC()),
            new TrainingGauges(Clock.systemUTC()),
            1e6),
        TinyShards.VOCABULARY.rows(),
        validationSequences,
        Map.of(),
        dense -> {},
        tenure);
  }
}
