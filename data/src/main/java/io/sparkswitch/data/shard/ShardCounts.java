package io.sparkswitch.data.shard;

/**
 * What went into shards.
 *
 * @param documents documents kept
 * @param malformed lines kept aside; documents read = documents + malformed
 * @param textBytes length of the texts kept, in UTF-8
 * @param tokens tokens of all documents kept
 * @param tokensDropped those of them at the ends of files, too few for a segment
 * @param segments segments written
 */
public record ShardCounts(
    long documents,
    long malformed,
    long textBytes,
    long tokens,
    long tokensDropped,
    long segments) {
  static final ShardCounts NONE = new ShardCounts(0, 0, 0, 0, 0, 0);

  /** Documents read: kept or kept aside, none is ever lost. */
  public long documentsRead() {
    return documents + malformed;
  }

  ShardCounts plus(ShardCounts other) {
    return new ShardCounts(
        documents + other.documents,
        malformed + other.malformed,
        textBytes + other.textBytes,
        tokens + other.tokens,
        tokensDropped + other.tokensDropped,
        segments + other.segments);
  }
}
