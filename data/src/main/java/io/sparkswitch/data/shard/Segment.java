package io.sparkswitch.data.shard;

import java.util.List;

/**
 * A run of tokens of fixed length, with where it came from.
 *
 * @param id its number among all segments, for ever
 * @param tokens the ids, {@code <int32>[segmentLength]}
 * @param spans the documents of the tokens, in their order; empty in shards of the first format
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Segment(long id, int[] tokens, List<DocumentSpan> spans) {}
