package io.sparkswitch.data.pipeline.cut;

import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.token.VocabularySpec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How shards are made; the same for all shards of a folder.
 *
 * @param settings how token ids are cut and stored
 * @param vocabulary the vocabulary of the token ids
 * @param cleaning what is done to documents before
 */
public record Recipe(ShardSettings settings, VocabularySpec vocabulary, Cleaning cleaning)
    implements Serializable {

  /** All that a shard's content depends on beside its source, and nothing else, by name. */
  public Map<String, String> toMap() {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("segment length", Integer.toString(settings.segmentLength()));
    map.put("row group segments", Integer.toString(settings.rowGroupSegments()));
    map.put("vocabulary", vocabulary.digest());
    map.putAll(cleaning.toMap());
    return map;
  }

  /** How shards made before differ from this, in words; empty if they do not. */
  public Optional<String> differenceFrom(Map<String, String> before) {
    Map<String, String> then = UsedSettings.upgraded(before);
    Map<String, String> now = toMap();
    Set<String> names = new LinkedHashSet<>(now.keySet());
    names.addAll(then.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      String old = then.getOrDefault(name, "not used");
      String own = now.getOrDefault(name, "not used");
      if (!old.equals(own)) {
        differences.add("%s was %s and is %s now".formatted(name, old, own));
      }
    }
    return differences.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", differences));
  }
}
