package io.sparkswitch.data.batch;

import io.sparkswitch.data.batch.corruption.SpanCorruption;
import io.sparkswitch.data.batch.mixture.Capping;
import io.sparkswitch.data.batch.mixture.Mixture;
import io.sparkswitch.data.batch.mixture.PartUsage;
import io.sparkswitch.data.batch.order.Draws;
import io.sparkswitch.data.batch.order.Shuffling;
import io.sparkswitch.data.batch.window.ShardParts;
import io.sparkswitch.data.shard.RowGroup;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.data.source.InputException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Batches by number, in any order of asking: batch of step s is a pure function of (seed, s) over a
 * pinned manifest. The row groups of the window in use are in memory, and those of the next are
 * read meanwhile by one background thread. Safe between threads, one batch at a time.
 */
public final class BatchStream implements AutoCloseable {
  /**
   * Row groups of a shuffling window, unless told otherwise. With 4,096 segments of 568 tokens each
   * and a vocabulary below 65,536, two windows take 596 MB; an mT5 vocabulary takes 894 MB.
   */
  public static final int WINDOW_ROW_GROUPS = 64;

  /** Stands for the seed of masks where there are none. */
  static final long NO_CORRUPTION = 0;

  private static final long SHUFFLING = 1;
  private static final long CORRUPTION = 2;

  private final StreamPlan plan;
  private final SequenceSource source;
  private final int batchSize;
  private final long corruptionSeed;

  BatchStream(StreamPlan plan, SequenceSource source, int batchSize, long corruptionSeed) {
    this.plan = plan;
    this.source = source;
    this.batchSize = batchSize;
    this.corruptionSeed = corruptionSeed;
  }

  /** Shuffled and endless, every epoch with fresh corruption; steps count from 0. */
  public static BatchStream training(
      ShardSet shards, SpanCorruption corruption, int batchSize, long seed) {
    return training(shards, corruption, batchSize, seed, WINDOW_ROW_GROUPS);
  }

  /**
   * Shuffled and endless, with the size of the shuffling window given.
   *
   * @param windowRowGroups see {@link Shuffling}
   * @throws InputException if there are fewer segments than a batch has sequences
   */
  public static BatchStream training(
      ShardSet shards, SpanCorruption corruption, int batchSize, long seed, int windowRowGroups) {
    Shuffling shuffling = new Shuffling(shufflingKey(seed), windowRowGroups);
    requireBatch(shards.segments(), batchSize);
    StreamPlan plan = StreamPlan.shuffled(sizes(shards), shuffling);
    return corrupted(shards, plan, corruption, batchSize, Draws.key(seed, CORRUPTION));
  }

  /**
   * A mixture of parts, every epoch of a part shuffled and with fresh corruption. Endless, or until
   * all parts are at their caps, in whole batches.
   *
   * @throws InputException if the shards lack a part, or have too few segments for a batch
   */
  public static BatchStream training(
      ShardParts parts,
      Mixture mixture,
      SpanCorruption corruption,
      int batchSize,
      Shuffling shuffling) {
    List<int[]> rowGroups = mixture.names().stream().map(parts::rowGroups).toList();
    int[] sizes = sizes(parts.shards());
    requireBatch(
        rowGroups.stream().flatMapToInt(IntStream::of).mapToLong(group -> sizes[group]).sum(),
        batchSize);
    Shuffling keyed = new Shuffling(shufflingKey(shuffling.seed()), shuffling.windowRowGroups());
    StreamPlan plan = StreamPlan.mixed(mixture, rowGroups, sizes, keyed).inWholeBatches(batchSize);
    long corruptionSeed = Draws.key(shuffling.seed(), CORRUPTION);
    return corrupted(parts.shards(), plan, corruption, batchSize, corruptionSeed);
  }

  /**
   * All segments once, in order; the last batch may be smaller.
   *
   * @param corruptionSeed fixes the masks, whatever the training's seed
   * @throws InputException if there is no segment
   */
  public static BatchStream validation(
      ShardSet shards, SpanCorruption corruption, int batchSize, long corruptionSeed) {
    if (shards.segments() == 0) {
      throw new InputException(
          "the validation shards hold no segment: give more validation text or shorter inputs");
    }
    int[] sizes = sizes(shards);
    StreamPlan plan = StreamPlan.once("all", IntStream.range(0, sizes.length).toArray(), sizes);
    return corrupted(shards, plan, corruption, batchSize, corruptionSeed);
  }

  /**
   * All segments of one part once, in order; the last batch may be smaller.
   *
   * @param corruptionSeed fixes the masks, whatever the training's seed
   * @throws InputException if the shards have no such part
   */
  public static BatchStream validation(
      ShardParts parts,
      String part,
      SpanCorruption corruption,
      int batchSize,
      long corruptionSeed) {
    StreamPlan plan = StreamPlan.once(part, parts.rowGroups(part), sizes(parts.shards()));
    return corrupted(parts.shards(), plan, corruption, batchSize, corruptionSeed);
  }

  /**
   * The batch of a step, from 0.
   *
   * @throws InputException if a row group is damaged or cannot be read
   */
  public synchronized Batch batch(long step) {
    if (step < 0 || step >= batches()) {
      throw new IndexOutOfBoundsException("batch %d of a stream of %d".formatted(step, batches()));
    }
    long first = Math.multiplyExact(step, batchSize);
    int count = (int) Math.min(batchSize, plan.sequences() - first);
    BatchBuilder batch = source.batch(count);
    for (int i = 0; i < count; i++) {
      source.add(plan.order().at(first + i), batch);
    }
    return batch.build();
  }

  /** Number of batches; {@link Long#MAX_VALUE} where there is no end. */
  public long batches() {
    return plan.sequences() == StreamPlan.ENDLESS
        ? StreamPlan.ENDLESS
        : (plan.sequences() + batchSize - 1) / batchSize;
  }

  /** What the batches of steps 0 to this, exclusive, use of each part, by name; nothing is read. */
  public synchronized List<PartUsage> usage(long steps) {
    if (steps < 0 || steps > batches()) {
      throw new IndexOutOfBoundsException(
          "usage of %d batches of a stream of %d".formatted(steps, batches()));
    }
    return plan.usage().apply(Math.min(Math.multiplyExact(steps, batchSize), plan.sequences()));
  }

  /** The parts that end because of their caps, in the order of their ends. */
  public List<Capping> cappings() {
    return plan.cappings();
  }

  /** The seed of the masks: with segment id and epoch it tells a mask again. 0 without masks. */
  public long corruptionSeed() {
    return corruptionSeed;
  }

  /** Ends the reading; a thread that waits for a batch is told. */
  @Override
  public void close() {
    source.close();
  }

  private static BatchStream corrupted(
      ShardSet shards,
      StreamPlan plan,
      SpanCorruption corruption,
      int batchSize,
      long corruptionSeed) {
    requireSequences(batchSize);
    SequenceSource source = new CorruptedSegments(shards, corruption, corruptionSeed, plan.order());
    return new BatchStream(plan, source, batchSize, corruptionSeed);
  }

  static long shufflingKey(long seed) {
    return Draws.key(seed, SHUFFLING);
  }

  private static void requireBatch(long segments, int batchSize) {
    requireSequences(batchSize);
    if (segments < batchSize) {
      throw new InputException(
          "%d segments do not fill one batch of %d: give more text, a smaller batch or shorter inputs"
              .formatted(segments, batchSize));
    }
  }

  static void requireSequences(int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException(
          "batch of %d sequences: at least 1 is needed".formatted(batchSize));
    }
  }

  private static int[] sizes(ShardSet shards) {
    return shards.rowGroups().stream().mapToInt(RowGroup::rows).toArray();
  }
}
