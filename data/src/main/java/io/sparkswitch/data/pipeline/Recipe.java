package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.token.VocabularySpec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How shards are made; the same for all shards of a folder.
 *
 * @param settings how token ids are cut and stored
 * @param vocabulary the vocabulary of the token ids
 * @param cleaning what is done to documents before
 */
record Recipe(ShardSettings settings, VocabularySpec vocabulary, Cleaning cleaning)
    implements Serializable {

  /** Everything that a shard's content depends on beside its source, by name. */
  Map<String, String> toMap() {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("segment length", Integer.toString(settings.segmentLength()));
    map.put("row group segments", Integer.toString(settings.rowGroupSegments()));
    map.put("vocabulary", vocabulary.digest());
    map.putAll(cleaning.toMap());
    return map;
  }

  /** How shards made before differ from this, in words; empty if they do not. */
  Optional<String> differenceFrom(Map<String, String> before) {
    List<String> differences = new ArrayList<>();
    toMap()
        .forEach(
            (name, now) -> {
              String then = before.getOrDefault(name, "not set");
              if (!Objects.equals(then, now)) {
                differences.add("%s was %s and is %s now".formatted(name, then, now));
              }
            });
    return differences.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", differences));
  }
}
