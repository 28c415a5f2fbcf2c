package io.sparkswitch.jobs.bench;

import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.loop.WorkerSpec;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A run's folder, and the shards it is trained on: one of random tokens that begins anew, which
 * closing deletes, or a user's own, which stays and is only read.
 *
 * @param folder of this run alone; with checkpoints it is trained on from the last
 * @param shards as the verb prepare lays them out
 * @param temporary whether closing deletes {@code folder}
 */
record BenchRun(Path folder, String shards, boolean temporary) implements AutoCloseable {
  private static final String SHARDS = "shards";

  /**
   * @param segments of each split
   */
  static BenchRun create(RunConfig config, VocabularySpec vocabulary, int segments)
      throws IOException {
    Path folder = Files.createTempDirectory("sparkswitch-bench");
    Path shards = folder.resolve(SHARDS);
    BenchRun run = new BenchRun(folder, shards.toString(), true);
    try {
      new RandomShards(config.data(), vocabulary, segments).write(shards, List.of("en"));
      Files.createDirectories(Path.of(run.spec(config).folders().checkpoints()));
      return run;
    } catch (IOException | RuntimeException e) {
      run.close();
      throw e;
    }
  }

  /** What ranks must know of a run here. */
  WorkerSpec spec(RunConfig config) {
    return new WorkerSpec(config, WorkerSpec.Folders.of(shards, folder.toString()));
  }

  /** The configuration that the run has kept, if it has, with other settings. */
  RunConfig config(List<String> settings) throws IOException {
    Path kept = folder.resolve("config.conf");
    Optional<String> text =
        Files.exists(kept) ? Optional.of(Files.readString(kept)) : Optional.empty();
    return ConfigLoader.load(Optional.empty(), settings, text);
  }

  @Override
  public void close() throws IOException {
    if (!temporary) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
  }
}
