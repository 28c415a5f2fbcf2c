package io.sparkswitch.data.batch;

import io.sparkswitch.data.shard.RowGroup;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.data.source.InputException;
import java.util.Arrays;
import java.util.List;

/**
 * Batches by number, in any order of asking: batch of step s is a pure function of (seed, s) over a
 * pinned manifest. Row groups are read when they are first needed, and two windows of them are
 * kept. Safe between threads, one batch at a time.
 */
public final class BatchStream implements AutoCloseable {
  /** Row groups of a shuffling window, unless told otherwise. */
  public static final int WINDOW_ROW_GROUPS = 16;

  /** Row groups that a shuffling window may have at most. */
  public static final int MAX_WINDOW_ROW_GROUPS = 64;

  private static final int WINDOWS_KEPT = 2;
  private static final long SHUFFLING = 1;
  private static final long CORRUPTION = 2;

  private final List<RowGroup> rowGroups;
  private final SpanCorruption corruption;
  private final int batchSize;
  private final long corruptionSeed;
  private final SegmentOrder order;
  private final long sequences;
  private final RecentlyUsed<Integer, int[]> decoded;

  private BatchStream(
      ShardSet shards,
      SpanCorruption corruption,
      int batchSize,
      long corruptionSeed,
      OrderOfSegments plan) {
    requireMatch(shards, corruption);
    if (batchSize < 1) {
      throw new IllegalArgumentException(
          "batch of %d sequences: at least 1 is needed".formatted(batchSize));
    }
    this.rowGroups = shards.rowGroups();
    this.corruption = corruption;
    this.batchSize = batchSize;
    this.corruptionSeed = corruptionSeed;
    this.order = plan.order();
    this.sequences = plan.sequences();
    this.decoded =
        new RecentlyUsed<>(plan.rowGroupsKept(), group -> shards.tokens(rowGroups.get(group)));
  }

  private record OrderOfSegments(SegmentOrder order, long sequences, int rowGroupsKept) {}

  /** Shuffled and endless, every epoch with fresh corruption; steps count from 0. */
  public static BatchStream training(
      ShardSet shards, SpanCorruption corruption, int batchSize, long seed) {
    return training(shards, corruption, batchSize, seed, WINDOW_ROW_GROUPS);
  }

  /**
   * Shuffled and endless, with the size of the shuffling window given.
   *
   * @param windowRowGroups row groups of a window, 1 to {@value #MAX_WINDOW_ROW_GROUPS}; memory is
   *     up to two windows of decoded tokens, 4 bytes each
   * @throws InputException if there are fewer segments than a batch has sequences
   */
  public static BatchStream training(
      ShardSet shards, SpanCorruption corruption, int batchSize, long seed, int windowRowGroups) {
    if (windowRowGroups < 1 || windowRowGroups > MAX_WINDOW_ROW_GROUPS) {
      throw new IllegalArgumentException(
          "shuffling window of %d row groups: allowed are 1 to %d"
              .formatted(windowRowGroups, MAX_WINDOW_ROW_GROUPS));
    }
    if (shards.segments() < batchSize) {
      throw new InputException(
          "%d segments do not fill one batch of %d: give more text, a smaller batch or shorter inputs"
              .formatted(shards.segments(), batchSize));
    }
    SegmentOrder order =
        new ShuffledOrder(sizes(shards), Draws.key(seed, SHUFFLING), windowRowGroups);
    return new BatchStream(
        shards,
        corruption,
        batchSize,
        Draws.key(seed, CORRUPTION),
        new OrderOfSegments(order, Long.MAX_VALUE, WINDOWS_KEPT * windowRowGroups));
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
    return new BatchStream(
        shards,
        corruption,
        batchSize,
        corruptionSeed,
        new OrderOfSegments(new InOrder(sizes(shards)), shards.segments(), WINDOWS_KEPT));
  }

  /** The batch of a step, from 0. */
  public synchronized Batch batch(long step) {
    if (step < 0 || step >= batches()) {
      throw new IndexOutOfBoundsException("batch %d of a stream of %d".formatted(step, batches()));
    }
    long first = Math.multiplyExact(step, batchSize);
    int count = (int) Math.min(batchSize, sequences - first);
    BatchBuilder batch = new BatchBuilder(corruption, corruptionSeed, count);
    int length = corruption.lengths().segment();
    for (int i = 0; i < count; i++) {
      SegmentOrder.Place place = order.at(first + i);
      int from = place.row() * length;
      int[] tokens = Arrays.copyOfRange(decoded.at(place.rowGroup()), from, from + length);
      long segment = rowGroups.get(place.rowGroup()).firstSegment() + place.row();
      batch.add(tokens, segment, place.epoch());
    }
    return batch.build();
  }

  /** Number of batches; {@link Long#MAX_VALUE} where there is no end. */
  public long batches() {
    return sequences == Long.MAX_VALUE ? sequences : (sequences + batchSize - 1) / batchSize;
  }

  /** The seed of the masks: with segment id and epoch it tells a mask again. */
  public long corruptionSeed() {
    return corruptionSeed;
  }

  @Override
  public void close() {
    // Files are open only while a row group is read.
  }

  private static int[] sizes(ShardSet shards) {
    return shards.rowGroups().stream().mapToInt(RowGroup::rows).toArray();
  }

  private static void requireMatch(ShardSet shards, SpanCorruption corruption) {
    if (shards.segmentLength() != corruption.lengths().segment()) {
      throw new IllegalArgumentException(
          "the shards hold segments of %d tokens, inputs of %d need %d: run prepare for this inputs length"
              .formatted(
                  shards.segmentLength(),
                  corruption.lengths().inputs(),
                  corruption.lengths().segment()));
    }
    if (!shards.manifest().vocabulary().equals(corruption.vocabulary())) {
      throw new IllegalArgumentException(
          "the shards were made with vocabulary %s, not with %s: run prepare with this vocabulary"
              .formatted(shards.manifest().vocabulary(), corruption.vocabulary()));
    }
  }
}
