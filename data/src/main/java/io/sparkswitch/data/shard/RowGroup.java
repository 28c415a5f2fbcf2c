package io.sparkswitch.data.shard;

/**
 * The unit of reading: a run of consecutive segments of one shard.
 *
 * @param file index of the shard among the manifest's files
 * @param index place in the shard
 * @param firstSegment id of its first segment
 * @param rows number of its segments
 * @param language code of the language of its documents
 */
public record RowGroup(int file, int index, long firstSegment, int rows, String language) {}
