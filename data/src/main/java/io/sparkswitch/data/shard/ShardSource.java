package io.sparkswitch.data.shard;

/**
 * The file that shards were made from.
 *
 * @param path its qualified path
 * @param bytes its stored length
 * @param sha256 digest of its stored bytes
 */
public record ShardSource(String path, long bytes, String sha256) {}
