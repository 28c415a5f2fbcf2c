package io.sparkswitch.data.batch;

import io.sparkswitch.data.batch.corruption.SpanCorruption;
import io.sparkswitch.data.batch.order.SegmentOrder;
import io.sparkswitch.data.batch.window.PackedTokens;
import io.sparkswitch.data.batch.window.ReadAhead;
import io.sparkswitch.data.shard.RowGroup;
import io.sparkswitch.data.shard.ShardSet;
import java.util.List;

/** Segments of shards, read ahead by windows and corrupted. */
final class CorruptedSegments implements SequenceSource {
  private final List<RowGroup> rowGroups;
  private final SpanCorruption corruption;
  private final long corruptionSeed;
  private final ReadAhead tokens;

  CorruptedSegments(
      ShardSet shards, SpanCorruption corruption, long corruptionSeed, SegmentOrder order) {
    requireMatch(shards, corruption);
    this.rowGroups = shards.rowGroups();
    this.corruption = corruption;
    this.corruptionSeed = corruptionSeed;
    this.tokens =
        new ReadAhead(order, group -> PackedTokens.of(shards.tokens(rowGroups.get(group))));
  }

  @Override
  public BatchBuilder batch(int sequences) {
    return new BatchBuilder(
        sequences, corruption.lengths().inputs(), corruption.lengths().targets());
  }

  @Override
  public void add(SegmentOrder.Place place, BatchBuilder batch) {
    int length = corruption.lengths().segment();
    int[] segment = tokens.at(place).copy(place.row() * length, length);
    long id = rowGroups.get(place.rowGroup()).firstSegment() + place.row();
    boolean[] mask = corruption.mask(corruptionSeed, id, place.epoch());
    int[] targets = corruption.targets(segment, mask);
    batch.add(corruption.inputs(segment, mask), targets, id, place.epoch());
  }

  @Override
  public void close() {
    tokens.close();
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
