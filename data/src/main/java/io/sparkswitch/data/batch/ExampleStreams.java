package io.sparkswitch.data.batch;

import io.sparkswitch.data.batch.example.ExampleShape;
import io.sparkswitch.data.batch.example.ExampleSource;
import io.sparkswitch.data.batch.mixture.Mixture;
import io.sparkswitch.data.batch.order.Shuffling;
import io.sparkswitch.data.source.InputException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Streams of supervised examples: trimmed, then padded or packed. Their batches are a pure function
 * of (seed, step) as those of segments are; a segment id is the number of the sequence's first
 * example, counted over the sources in the order of their names. Sources stay open.
 */
public final class ExampleStreams {
  private static final int WINDOW_RUNS = Shuffling.MAX_WINDOW_ROW_GROUPS;
  private static final String ALL = "all";

  private ExampleStreams() {}

  /**
   * Shuffled and endless.
   *
   * @throws InputException if there are fewer sequences than a batch has
   */
  public static BatchStream training(
      ExampleSource source, ExampleShape shape, int batchSize, long seed) {
    return training(
        Map.of(ALL, source), Mixture.ofWeights(Map.of(ALL, 1.0)), shape, batchSize, seed);
  }

  /**
   * A mixture of sources, each shuffled by itself. Endless, or until all are at their caps, in
   * whole batches.
   *
   * @throws InputException if the mixture names a source that is not there, or there are fewer
   *     sequences than a batch has
   */
  public static BatchStream training(
      Map<String, ExampleSource> sources,
      Mixture mixture,
      ExampleShape shape,
      int batchSize,
      long seed) {
    List<ExampleRows> rows =
        mixture.names().stream().map(name -> ExampleRows.of(source(sources, name), shape)).toList();
    requireBatch(rows.stream().mapToLong(ExampleRows::count).sum(), batchSize);
    ExampleSequences sequences = new ExampleSequences(rows, shape);
    Shuffling shuffling = new Shuffling(BatchStream.shufflingKey(seed), WINDOW_RUNS);
    StreamPlan plan =
        StreamPlan.mixed(mixture, sequences.runsOfSources(), sequences.sizes(), shuffling)
            .inWholeBatches(batchSize);
    return new BatchStream(plan, sequences, batchSize, BatchStream.NO_CORRUPTION);
  }

  /**
   * All examples once, in order; the last batch may be smaller.
   *
   * @throws InputException if there is no example
   */
  public static BatchStream validation(ExampleSource source, ExampleShape shape, int batchSize) {
    BatchStream.requireSequences(batchSize);
    ExampleSequences sequences =
        new ExampleSequences(List.of(ExampleRows.of(source, shape)), shape);
    int[] sizes = sequences.sizes();
    StreamPlan plan = StreamPlan.once(ALL, IntStream.range(0, sizes.length).toArray(), sizes);
    return new BatchStream(plan, sequences, batchSize, BatchStream.NO_CORRUPTION);
  }

  private static void requireBatch(long sequences, int batchSize) {
    BatchStream.requireSequences(batchSize);
    if (sequences < batchSize) {
      throw new InputException(
          "%d sequences of examples do not fill one batch of %d: give more examples or a smaller batch"
              .formatted(sequences, batchSize));
    }
  }

  private static ExampleSource source(Map<String, ExampleSource> sources, String name) {
    ExampleSource source = sources.get(name);
    if (source == null) {
      throw new InputException(
          "the mixture names %s, the sources are %s: add it or leave it out"
              .formatted(name, String.join(", ", sources.keySet().stream().sorted().toList())));
    }
    return source;
  }
}
