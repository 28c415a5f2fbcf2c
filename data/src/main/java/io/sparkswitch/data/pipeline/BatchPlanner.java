package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.pipeline.folder.Exclusions;
import io.sparkswitch.data.pipeline.folder.IngestPlan;
import io.sparkswitch.data.pipeline.folder.IngestPlan.PlannedSource;
import io.sparkswitch.data.shard.SourceEntry;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.InputException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/** Decides which source files a run makes into shards. */
final class BatchPlanner {
  private final JavaSparkContext sc;
  private final Path folder;
  private final Map<String, String> recipe;
  private final PrepareProgress progress;

  /**
   * @param folder the shard folder
   * @param recipe how shards are made, by name of the setting
   */
  BatchPlanner(
      JavaSparkContext sc, Path folder, Map<String, String> recipe, PrepareProgress progress) {
    this.sc = sc;
    this.folder = folder;
    this.recipe = recipe;
    this.progress = progress;
  }

  /**
   * What is to be made.
   *
   * @param added a plan to be written first, if there is more than earlier plans say
   * @param batch the ingest batch to make it as
   * @param todo all sources to be made, also those that earlier plans left
   */
  record Work(Optional<IngestPlan> added, int batch, List<PlannedSource> todo) {}

  /**
   * @param plans all earlier ingest batches, in their order
   * @param files the corpus as it is now
   * @param entries what is made, by the number of the source
   * @param pending addresses whose documents may be in what is made
   * @throws InputException if a source file has another length than when it was made, or holds
   *     excluded documents and is gone
   */
  Work plan(
      List<IngestPlan> plans,
      List<CorpusFile> files,
      Map<Integer, SourceEntry> entries,
      Exclusions pending) {
    Map<Integer, PlannedSource> unfinished = unfinished(plans, entries);
    Map<Integer, PlannedSource> batch = again(plans, files, entries, unfinished, pending);
    fresh(plans, files).forEach(source -> batch.put(source.number(), source));
    int last = plans.isEmpty() ? 0 : plans.get(plans.size() - 1).number();
    unfinished.putAll(batch);
    List<PlannedSource> todo = List.copyOf(unfinished.values());
    return batch.isEmpty()
        ? new Work(Optional.empty(), last, todo)
        : new Work(
            Optional.of(new IngestPlan(last + 1, recipe, List.copyOf(batch.values()))),
            last + 1,
            todo);
  }

  /** Planned sources without an entry of their batch: a run was killed before they were done. */
  private static Map<Integer, PlannedSource> unfinished(
      List<IngestPlan> plans, Map<Integer, SourceEntry> entries) {
    Map<Integer, PlannedSource> unfinished = new TreeMap<>();
    for (IngestPlan plan : plans) {
      for (PlannedSource source : plan.sources()) {
        SourceEntry entry = entries.get(source.number());
        if (entry == null || entry.batch() < plan.number()) {
          unfinished.put(source.number(), source);
        }
      }
    }
    return unfinished;
  }

  /**
   * Sources whose shards hold what is excluded now. Those that are not done need no look; they get
   * a new batch, lest a task of the killed run, which does not know of the exclusion, commits them.
   */
  private Map<Integer, PlannedSource> again(
      List<IngestPlan> plans,
      List<CorpusFile> files,
      Map<Integer, SourceEntry> entries,
      Map<Integer, PlannedSource> unfinished,
      Exclusions pending) {
    if (pending.isEmpty()) {
      return new TreeMap<>();
    }
    Map<Integer, PlannedSource> again = new TreeMap<>(unfinished);
    Collection<SourceEntry> made =
        entries.values().stream().filter(e -> !unfinished.containsKey(e.number())).toList();
    Set<Integer> affected = TakeDown.sourcesOf(sc, folder, made, pending, progress);
    Set<String> present = new HashSet<>();
    files.forEach(file -> present.add(file.path()));
    for (PlannedSource source : known(plans).values()) {
      if (affected.contains(source.number())) {
        if (!present.contains(source.file().path())) {
          throw new InputException(
              "%s holds excluded documents, but is no longer there to make its shards again: put it back, or prepare into another folder"
                  .formatted(source.file().path()));
        }
        again.put(source.number(), source);
      }
    }
    return again;
  }

  /** Sources never seen, under the numbers that follow. */
  private static List<PlannedSource> fresh(List<IngestPlan> plans, List<CorpusFile> files) {
    Map<String, PlannedSource> known = known(plans);
    int next = known.values().stream().mapToInt(PlannedSource::number).max().orElse(-1) + 1;
    List<PlannedSource> fresh = new ArrayList<>();
    for (CorpusFile file : files) {
      PlannedSource before = known.get(file.path());
      if (before == null) {
        fresh.add(new PlannedSource(next++, file));
      } else if (before.file().bytes() != file.bytes()) {
        throw new InputException(
            "%s had %d bytes when it was prepared and has %d now: give new text in new files, or use --fresh to make all shards again"
                .formatted(file.path(), before.file().bytes(), file.bytes()));
      }
    }
    return fresh;
  }

  private static Map<String, PlannedSource> known(List<IngestPlan> plans) {
    Map<String, PlannedSource> known = new HashMap<>();
    plans.forEach(plan -> plan.sources().forEach(s -> known.put(s.file().path(), s)));
    return known;
  }
}
