package io.sparkswitch.data.pipeline;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Where shards go.
 *
 * @param folder the shard folder of one split
 * @param existing what to do with a finished folder that was made from something else
 * @param provenance what the manifest shall say about who made it; never compared
 */
public record ShardOutput(String folder, Existing existing, Map<String, String> provenance) {

  /** What to do with shards that are there already. */
  public enum Existing {
    /** Keep them if they are what was asked for, refuse otherwise. */
    KEEP,
    /** Delete them and start over. */
    REPLACE
  }

  public ShardOutput {
    if (folder.isBlank()) {
      throw new IllegalArgumentException("shards need a folder to go to");
    }
    Objects.requireNonNull(existing, "existing");
    provenance = Collections.unmodifiableMap(new TreeMap<>(provenance));
  }
}
