package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.source.CorpusFile;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An ingest batch: which source files are to be made into shards, under which numbers. Written
 * before the work begins, so that whoever goes on after a kill makes the same shards.
 *
 * @param number of the batch, from 1
 * @param recipe how shards are made, by name of the setting; the same for all batches of a folder
 * @param sources the files, by rising number
 */
public record IngestPlan(int number, Map<String, String> recipe, List<PlannedSource> sources) {
  public IngestPlan {
    recipe = Collections.unmodifiableMap(new TreeMap<>(recipe));
    sources = List.copyOf(sources);
  }

  /**
   * A source file and its number.
   *
   * @param number for ever
   * @param file the file
   */
  public record PlannedSource(int number, CorpusFile file) implements Serializable {}
}
