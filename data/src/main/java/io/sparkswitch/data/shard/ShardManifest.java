package io.sparkswitch.data.shard;

import io.sparkswitch.data.token.VocabularySpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a finished shard folder holds; its presence is the commit.
 *
 * @param schemaVersion version of this format and of the shards' columns
 * @param settings how tokens were cut and stored
 * @param vocabulary the vocabulary of the token ids
 * @param totals sums over the files
 * @param files the shards; their order numbers the segments
 * @param provenance who made it, from what, with what
 */
public record ShardManifest(
    int schemaVersion,
    ShardSettings settings,
    VocabularySpec vocabulary,
    ShardCounts totals,
    List<ShardFile> files,
    Map<String, String> provenance) {

  public ShardManifest {
    files = List.copyOf(files);
    provenance = Collections.unmodifiableMap(new TreeMap<>(provenance));
    long next = 0;
    ShardCounts sum = ShardCounts.NONE;
    for (ShardFile file : files) {
      if (file.firstSegment() != next) {
        throw new IllegalArgumentException(
            "%s starts at segment %d, expected %d"
                .formatted(file.name(), file.firstSegment(), next));
      }
      next += file.counts().segments();
      sum = sum.plus(file.counts());
    }
    if (!sum.equals(totals)) {
      throw new IllegalArgumentException(
          "totals %s are not the sum %s of the files".formatted(totals, sum));
    }
  }

  /** A manifest over these files in this order, whatever {@code firstSegment} they carry. */
  public static ShardManifest of(
      ShardSettings settings,
      VocabularySpec vocabulary,
      List<ShardFile> files,
      Map<String, String> provenance) {
    List<ShardFile> numbered = new ArrayList<>();
    ShardCounts totals = ShardCounts.NONE;
    for (ShardFile file : files) {
      numbered.add(file.startingAt(totals.segments()));
      totals = totals.plus(file.counts());
    }
    return new ShardManifest(
        ShardSchema.VERSION, settings, vocabulary, totals, numbered, provenance);
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
    for (ShardFile file : files) {
      text.append(file.sha256()).append('\n');
    }
    return Digests.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
