package io.sparkswitch.data.shard;

import java.util.List;

/**
 * What became of one source file: the unit of work. Its shards count only if there is an entry.
 *
 * @param number of the source, for ever
 * @param batch the ingest batch that made the shards
 * @param source the file
 * @param documents what became of its documents
 * @param quarantine path in the shard folder of the records kept aside, empty if there were none
 * @param shards one a language, in the order in which the languages first appear
 */
public record SourceEntry(
    int number,
    int batch,
    ShardSource source,
    DocumentCounts documents,
    String quarantine,
    List<ShardFile> shards) {
  public SourceEntry {
    shards = List.copyOf(shards);
    long kept = shards.stream().mapToLong(shard -> shard.counts().documents()).sum();
    if (kept != documents.kept()) {
      throw new IllegalArgumentException(
          "%s: %d documents kept, but %d in shards"
              .formatted(source.path(), documents.kept(), kept));
    }
  }
}
