package io.sparkswitch.jobs.bench;

import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.loop.WorkerSpec;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A run's folder with shards of random tokens; closing deletes it.
 *
 * @param folder of this run alone
 */
record BenchRun(Path folder) implements AutoCloseable {
  private static final String SHARDS = "shards";

  /**
   * @param segments of each split
   */
  static BenchRun create(RunConfig config, VocabularySpec vocabulary, int segments)
      throws IOException {
    BenchRun run = new BenchRun(Files.createTempDirectory("sparkswitch-bench"));
    try {
      new RandomShards(config.data(), vocabulary, segments)
          .write(run.folder.resolve(SHARDS), List.of("en"));
      Files.createDirectories(Path.of(run.spec(config).folders().checkpoints()));
      return run;
    } catch (IOException | RuntimeException e) {
      run.close();
      throw e;
    }
  }

  /** What ranks must know of a run here. */
  WorkerSpec spec(RunConfig config) {
    String shards = folder.resolve(SHARDS).toString();
    return new WorkerSpec(config, WorkerSpec.Folders.of(shards, folder.toString()));
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
  }
}
