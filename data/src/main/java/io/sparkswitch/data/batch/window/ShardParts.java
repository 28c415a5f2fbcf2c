package io.sparkswitch.data.batch.window;

import io.sparkswitch.data.shard.RowGroup;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.data.source.InputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Shards by named parts, such as languages; every row group belongs to one part. */
public final class ShardParts {
  private final ShardSet shards;
  private final SortedMap<String, List<Integer>> rowGroups;

  private ShardParts(ShardSet shards, SortedMap<String, List<Integer>> rowGroups) {
    this.shards = shards;
    this.rowGroups = rowGroups;
  }

  /**
   * Parts by language.
   *
   * @throws InputException if the shards do not tell languages
   */
  public static ShardParts byLanguage(ShardSet shards) {
    return by(shards, RowGroup::language);
  }

  /**
   * Parts by what a function says of each row group.
   *
   * @throws InputException if it says nothing of one
   */
  public static ShardParts by(ShardSet shards, Function<RowGroup, String> part) {
    SortedMap<String, List<Integer>> groups = new TreeMap<>();
    for (int i = 0; i < shards.rowGroups().size(); i++) {
      RowGroup group = shards.rowGroups().get(i);
      String name = part.apply(group);
      if (name == null || name.isBlank()) {
        throw new InputException(
            "shard %s tells no part of its row group %d: run prepare with parts, or train without a mixture"
                .formatted(shards.manifest().files().get(group.file()).name(), group.index()));
      }
      groups.computeIfAbsent(name, n -> new ArrayList<>()).add(i);
    }
    return new ShardParts(shards, groups);
  }

  /** Segments of each part. */
  public SortedMap<String, Long> sizes() {
    SortedMap<String, Long> sizes = new TreeMap<>();
    rowGroups.forEach(
        (name, groups) ->
            sizes.put(
                name, groups.stream().mapToLong(i -> shards.rowGroups().get(i).rows()).sum()));
    return Collections.unmodifiableSortedMap(sizes);
  }

  public ShardSet shards() {
    return shards;
  }

  /** Indices of the row groups of a part, ascending. */
  public int[] rowGroups(String part) {
    List<Integer> groups = rowGroups.get(part);
    if (groups == null) {
      throw new InputException(
          "the shards hold no part %s but %s: run prepare with it or leave it out"
              .formatted(part, String.join(", ", rowGroups.keySet())));
    }
    return groups.stream().mapToInt(Integer::intValue).toArray();
  }
}
