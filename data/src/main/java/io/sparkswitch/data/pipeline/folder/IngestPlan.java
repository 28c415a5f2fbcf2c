package io.sparkswitch.data.pipeline.folder;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sparkswitch.data.source.CorpusFile;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * An ingest batch: which source files are to be made into shards, under which numbers. Written
 * before the work begins, so that whoever goes on after a kill makes the same shards.
 *
 * @param number of the batch, from 1
 * @param recipe how shards are made, by name of the setting; the same for all batches of a folder
 * @param sources the files, by rising number
 * @param withdrawn numbers of sources of earlier batches that are not to be made, and whose entries
 *     of these batches do not count: no manifest ever named them
 */
public record IngestPlan(
    int number,
    Map<String, String> recipe,
    List<PlannedSource> sources,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> withdrawn) {
  public IngestPlan {
    recipe = Collections.unmodifiableMap(new TreeMap<>(recipe));
    sources = List.copyOf(sources);
    withdrawn = withdrawn == null ? List.of() : List.copyOf(withdrawn); // not in older files
  }

  public IngestPlan(int number, Map<String, String> recipe, List<PlannedSource> sources) {
    this(number, recipe, sources, List.of());
  }

  /** The same without some of its sources. */
  IngestPlan without(Set<Integer> numbers) {
    return new IngestPlan(
        number,
        recipe,
        sources.stream().filter(source -> !numbers.contains(source.number())).toList(),
        withdrawn);
  }

  /**
   * A source file and its number.
   *
   * @param number for ever
   * @param file the file
   */
  public record PlannedSource(int number, CorpusFile file) implements Serializable {}
}
