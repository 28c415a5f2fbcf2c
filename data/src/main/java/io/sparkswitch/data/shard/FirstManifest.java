package io.sparkswitch.data.shard;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkswitch.data.token.VocabularySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Manifests of the first format, which knew neither languages nor what rules dropped: segments are
 * numbered without gaps, in the order of the files.
 */
final class FirstManifest {
  private static final String LANGUAGE = "und";

  private FirstManifest() {}

  static ShardManifest read(JsonNode tree) {
    List<SourceEntry> sources = new ArrayList<>();
    for (JsonNode file : tree.path("files")) {
      sources.add(source(sources.size(), file));
    }
    JsonNode settings = tree.path("settings");
    JsonNode vocabulary = tree.path("vocabulary");
    Map<String, String> provenance = new TreeMap<>();
    tree.path("provenance")
        .properties()
        .forEach(entry -> provenance.put(entry.getKey(), entry.getValue().asText()));
    ShardManifest manifest =
        ShardManifest.of(
            1,
            new ShardSettings(
                settings.path("segmentLength").asInt(), settings.path("rowGroupSegments").asInt()),
            new VocabularySpec(
                vocabulary.path("pieces").asInt(), vocabulary.path("digest").asText()),
            Map.of(),
            sources,
            provenance);
    return new ShardManifest(
        ShardSchema.FIRST_VERSION,
        manifest.number(),
        manifest.settings(),
        manifest.vocabulary(),
        manifest.recipe(),
        manifest.totals(),
        manifest.documents(),
        manifest.sources(),
        manifest.provenance());
  }

  private static SourceEntry source(int number, JsonNode file) {
    JsonNode counts = file.path("counts");
    long kept = counts.path("documents").asLong();
    long malformed = counts.path("malformed").asLong();
    List<Integer> rowGroups = new ArrayList<>();
    file.path("rowGroups").forEach(rows -> rowGroups.add(rows.asInt()));
    ShardFile shard =
        new ShardFile(
            file.path("name").asText(),
            LANGUAGE,
            file.path("sha256").asText(),
            file.path("bytes").asLong(),
            file.path("firstSegment").asLong(),
            rowGroups,
            new ShardCounts(
                kept,
                counts.path("textBytes").asLong(),
                counts.path("tokens").asLong(),
                counts.path("tokensDropped").asLong(),
                counts.path("segments").asLong(),
                List.of(kept)));
    JsonNode source = file.path("source");
    return new SourceEntry(
        number,
        1,
        new ShardSource(
            source.path("path").asText(),
            source.path("bytes").asLong(),
            source.path("sha256").asText()),
        new DocumentCounts(kept + malformed, kept, malformed, Map.of(), Map.of()),
        "",
        List.of(shard));
  }
}
