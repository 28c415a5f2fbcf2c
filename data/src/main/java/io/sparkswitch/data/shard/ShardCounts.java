package io.sparkswitch.data.shard;

import java.util.ArrayList;
import java.util.List;

/**
 * What went into shards.
 *
 * @param documents documents kept
 * @param textBytes length of their texts, in UTF-8
 * @param tokens their tokens
 * @param tokensDropped those of them at the ends of files, too few for a segment
 * @param segments segments written
 * @param documentsByLength documents by the length of their tokens: the first number counts those
 *     of 0 or 1 token, each further one those of twice as many, up to the longest there is
 */
public record ShardCounts(
    long documents,
    long textBytes,
    long tokens,
    long tokensDropped,
    long segments,
    List<Long> documentsByLength) {
  public static final ShardCounts NONE = new ShardCounts(0, 0, 0, 0, 0, List.of());

  public ShardCounts {
    documentsByLength = List.copyOf(documentsByLength);
    long counted = documentsByLength.stream().mapToLong(Long::longValue).sum();
    if (counted != documents) {
      throw new IllegalArgumentException(
          "%d documents, but %d by length".formatted(documents, counted));
    }
  }

  public ShardCounts plus(ShardCounts other) {
    List<Long> lengths = new ArrayList<>();
    for (int i = 0; i < Math.max(documentsByLength.size(), other.documentsByLength.size()); i++) {
      lengths.add(at(documentsByLength, i) + at(other.documentsByLength, i));
    }
    return new ShardCounts(
        documents + other.documents,
        textBytes + other.textBytes,
        tokens + other.tokens,
        tokensDropped + other.tokensDropped,
        segments + other.segments,
        lengths);
  }

  private static long at(List<Long> counts, int index) {
    return index < counts.size() ? counts.get(index) : 0;
  }
}
