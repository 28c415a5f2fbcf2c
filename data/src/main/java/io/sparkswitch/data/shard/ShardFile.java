package io.sparkswitch.data.shard;

import java.util.List;

/**
 * A shard as the manifest knows it.
 *
 * @param name file name in the shard folder
 * @param sha256 digest of the file
 * @param bytes length of the file
 * @param firstSegment id of the segment in row 0; that of row r is this plus r
 * @param rowGroups segments of each row group, in order
 * @param source what it was made from
 * @param counts what went into it
 */
public record ShardFile(
    String name,
    String sha256,
    long bytes,
    long firstSegment,
    List<Integer> rowGroups,
    ShardSource source,
    ShardCounts counts) {
  private static final String QUARANTINE = "quarantine/";

  public ShardFile {
    rowGroups = List.copyOf(rowGroups);
    long rows = rowGroups.stream().mapToLong(Integer::longValue).sum();
    if (rows != counts.segments()) {
      throw new IllegalArgumentException(
          "%s has %d segments in its row groups and %d in its counts"
              .formatted(name, rows, counts.segments()));
    }
  }

  /** Path in the shard folder of the malformed lines kept aside; there only if there were any. */
  public String quarantine() {
    return quarantineOf(name);
  }

  /** Where the malformed lines of the shard of that name go. */
  public static String quarantineOf(String shard) {
    return QUARANTINE + shard.replaceFirst("\\.parquet$", ".jsonl.gz");
  }

  ShardFile startingAt(long segment) {
    return new ShardFile(name, sha256, bytes, segment, rowGroups, source, counts);
  }
}
