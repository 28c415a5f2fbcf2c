package io.sparkswitch.jobs.bench;

import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.conf.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A training whose gradients are accumulated over micro-batches: of a mini model, whose updates
 * take each executor four seconds or more on one core, or of a user's.
 *
 * @param name in results
 * @param settings as {@code --set} takes them
 * @param own a run of the user's, of whose model and text it is; null for random tokens
 */
record UpdateCase(String name, List<String> settings, BenchRun own) {
  static final VocabularySpec VOCABULARY = new VocabularySpec(8000, "d".repeat(64));

  private static final int MICRO_BATCHES = 6;
  private static final int SEQUENCES_OF_MICRO_BATCH = 16;

  /** Of random tokens. */
  UpdateCase(String name, List<String> settings) {
    this(name, settings, null);
  }

  /**
   * A trained model that goes on with its own text. An update has as many micro-batches as the
   * others, each of as many sequences as one of the run's, of all its executors together.
   *
   * @param folder of the run; only read
   * @param shards it was trained on
   */
  static UpdateCase trained(Path folder, String shards) {
    return new UpdateCase("trained", List.of(), new BenchRun(folder, shards, false));
  }

  static UpdateCase dense() {
    return new UpdateCase("dense", List.of("preset=mini"));
  }

  /** A training's first steps, in which the router prefers some experts by chance. */
  static UpdateCase sparse() {
    return new UpdateCase("switch", List.of("preset=mini-switch"));
  }

  /** Experts are drawn from the router's distribution: as equally busy as a trained router's. */
  static UpdateCase balanced() {
    return new UpdateCase(
        "switchBalanced", List.of("preset=mini-switch", "routing.exploration=sample-softmax"));
  }

  /** The same with another setting. */
  UpdateCase with(String setting) {
    List<String> all = new ArrayList<>(settings);
    all.add(setting);
    return new UpdateCase(name, all, own);
  }

  /** The settings of a gang in which each executor has as much to do as a single one. */
  List<String> settings(int executors) throws IOException {
    if (own != null) {
      TrainingSettings training = own.config(settings).training();
      int sequences = training.batchSize() / training.microBatches();
      List<String> all = new ArrayList<>(settings);
      all.add("data.max-epochs=0"); // It goes on, however long the run was to be.
      all.add("training.micro-batches=" + MICRO_BATCHES);
      all.add("training.batch-size=" + executors * MICRO_BATCHES * sequences);
      return all;
    }
    List<String> all =
        new ArrayList<>(
            List.of(
                "routing.group-sequences=8",
                "data.row-group-segments=64",
                "data.shuffle-window-row-groups=2",
                "training.micro-batches=" + MICRO_BATCHES,
                "training.batch-size=" + sequences(executors)));
    all.addAll(0, settings);
    return all;
  }

  /** The run of {@link #settings(int)}, and of fewer executors. */
  BenchRun run(int mostExecutors) throws IOException {
    if (own != null) {
      return own;
    }
    return BenchRun.create(
        config(settings(mostExecutors)), VOCABULARY, 4 * sequences(mostExecutors));
  }

  private static int sequences(int executors) {
    return executors * MICRO_BATCHES * SEQUENCES_OF_MICRO_BATCH;
  }

  static RunConfig config(List<String> settings) {
    return ConfigLoader.load(Optional.empty(), settings);
  }
}
