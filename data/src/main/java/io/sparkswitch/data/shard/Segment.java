package io.sparkswitch.data.shard;

/**
 * A run of tokens of fixed length, with where it came from.
 *
 * @param row its place in its shard, from 0
 * @param source index of the shard in the manifest, and so of the source file
 * @param tokenOffset its first token's place in the source file's stream of tokens
 * @param tokens the ids, {@code <int32>[segmentLength]}
 */
public record Segment(long row, int source, long tokenOffset, int[] tokens) {}
