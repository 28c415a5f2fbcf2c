package io.sparkswitch.data.shard;

import java.io.Serializable;

/**
 * How token ids are cut and stored.
 *
 * @param segmentLength tokens a segment
 * @param rowGroupSegments segments a Parquet row group holds at most: the unit of reading
 */
public record ShardSettings(int segmentLength, int rowGroupSegments) implements Serializable {
  public static final int MAX_ROW_GROUP_SEGMENTS = 4096;

  public ShardSettings {
    if (segmentLength < 1) {
      throw new IllegalArgumentException(
          "segment length %d: a segment needs at least one token".formatted(segmentLength));
    }
    if (rowGroupSegments < 1 || rowGroupSegments > MAX_ROW_GROUP_SEGMENTS) {
      throw new IllegalArgumentException(
          "row groups of %d segments: allowed are 1 to %d"
              .formatted(rowGroupSegments, MAX_ROW_GROUP_SEGMENTS));
    }
  }

  /** Row groups of the largest size. */
  public static ShardSettings ofLength(int segmentLength) {
    return new ShardSettings(segmentLength, MAX_ROW_GROUP_SEGMENTS);
  }
}
