package io.sparkswitch.data.shard;

import java.util.List;

/**
 * A shard as the manifest knows it: the segments of one language of one source file.
 *
 * @param name path in the shard folder, {@code language=en/….parquet}
 * @param language code of the language of its documents
 * @param sha256 digest of the file
 * @param bytes length of the file
 * @param firstSegment id of the segment in row 0; that of row r is this plus r
 * @param rowGroups segments of each row group, in order
 * @param counts what went into it
 */
public record ShardFile(
    String name,
    String language,
    String sha256,
    long bytes,
    long firstSegment,
    List<Integer> rowGroups,
    ShardCounts counts) {
  public ShardFile {
    rowGroups = List.copyOf(rowGroups);
    long rows = rowGroups.stream().mapToLong(Integer::longValue).sum();
    if (rows != counts.segments()) {
      throw new IllegalArgumentException(
          "%s has %d segments in its row groups and %d in its counts"
              .formatted(name, rows, counts.segments()));
    }
  }

  /** Where a shard of a language goes. */
  public static String nameOf(String language, String stem) {
    return "language=%s/%s.parquet".formatted(language, stem);
  }
}
