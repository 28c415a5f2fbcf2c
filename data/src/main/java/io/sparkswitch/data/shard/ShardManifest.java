package io.sparkswitch.data.shard;

import io.sparkswitch.data.token.VocabularySpec;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a shard folder held when a preparation ended. Manifests are numbered; a later one has the
 * sources of all earlier ones, under the same numbers, and new ones behind them.
 *
 * @param schemaVersion version of this format and of the shards' columns
 * @param number of the manifest in its folder, from 1
 * @param settings how tokens were cut and stored
 * @param vocabulary the vocabulary of the token ids
 * @param recipe how documents were chosen and cleaned, by name of the setting
 * @param totals sums over the shards
 * @param documents sums over the sources
 * @param sources in the order of their numbers
 * @param provenance who made it, from what, with what
 */
public record ShardManifest(
    int schemaVersion,
    int number,
    ShardSettings settings,
    VocabularySpec vocabulary,
    Map<String, String> recipe,
    ShardCounts totals,
    DocumentCounts documents,
    List<SourceEntry> sources,
    Map<String, String> provenance) {

  public ShardManifest {
    sources = List.copyOf(sources);
    recipe = Collections.unmodifiableMap(new TreeMap<>(recipe));
    provenance = Collections.unmodifiableMap(new TreeMap<>(provenance));
    long next = 0;
    ShardCounts sum = ShardCounts.NONE;
    DocumentCounts seen = DocumentCounts.NONE;
    for (SourceEntry source : sources) {
      seen = seen.plus(source.documents());
      for (ShardFile file : source.shards()) {
        if (file.firstSegment() < next) {
          throw new IllegalArgumentException(
              "%s starts at segment %d, but the shard before it ends at %d"
                  .formatted(file.name(), file.firstSegment(), next));
        }
        next = file.firstSegment() + file.counts().segments();
        sum = sum.plus(file.counts());
      }
    }
    if (!sum.equals(totals) || !seen.equals(documents)) {
      throw new IllegalArgumentException(
          "totals %s, %s are not the sums %s, %s".formatted(totals, documents, sum, seen));
    }
  }

  /** A manifest over these sources, with their sums. */
  public static ShardManifest of(
      int number,
      ShardSettings settings,
      VocabularySpec vocabulary,
      Map<String, String> recipe,
      List<SourceEntry> sources,
      Map<String, String> provenance) {
    ShardCounts totals =
        sources.stream()
            .flatMap(source -> source.shards().stream())
            .map(ShardFile::counts)
            .reduce(ShardCounts.NONE, ShardCounts::plus);
    DocumentCounts documents =
        sources.stream()
            .map(SourceEntry::documents)
            .reduce(DocumentCounts.NONE, DocumentCounts::plus);
    return new ShardManifest(
        ShardSchema.VERSION,
        number,
        settings,
        vocabulary,
        recipe,
        totals,
        documents,
        sources,
        provenance);
  }

  /** The shards, in the order of their segments. */
  public List<ShardFile> files() {
    return sources.stream().flatMap(source -> source.shards().stream()).toList();
  }

  /** What went into the shards of each language. */
  public SortedMap<String, ShardCounts> languages() {
    SortedMap<String, ShardCounts> counts = new TreeMap<>();
    files().forEach(file -> counts.merge(file.language(), file.counts(), ShardCounts::plus));
    return counts;
  }

  /**
   * Digest of everything that a batch depends on: settings, vocabulary, and the shards' contents in
   * order. Names of files and provenance are not in it.
   */
  public String dataDigest() {
    StringBuilder text = new StringBuilder();
    text.append(schemaVersion).append('\n');
    text.append(settings.segmentLength()).append('\n');
    text.append(vocabulary.digest()).append('\n');
    for (ShardFile file : files()) {
      text.append(file.sha256()).append('\n');
    }
    return Digests.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
