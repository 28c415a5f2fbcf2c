package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.pipeline.folder.IngestPlan;
import io.sparkswitch.data.pipeline.folder.IngestPlan.PlannedSource;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.SourceEntry;
import io.sparkswitch.data.source.CorpusFile;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is taken out of plans because its file is gone or has changed. Only what no manifest names
 * can be: readers have not seen it, so that the file, if it is there, gets a new number.
 */
final class Withdrawal {
  private Withdrawal() {}

  /**
   * A plan that withdraws such sources and has none of its own; empty if there are none.
   *
   * @param plans all ingest batches, in their order
   * @param files the corpus as it is now
   * @param newest the manifest that readers see
   * @param entries what is made, by the number of the source
   * @param decidedTogether whether what is kept of one source depends on the others: then all
   *     unseen sources go with the one
   */
  static Optional<IngestPlan> plan(
      List<IngestPlan> plans,
      List<CorpusFile> files,
      Optional<ShardManifest> newest,
      Map<Integer, SourceEntry> entries,
      boolean decidedTogether) {
    Map<String, Long> lengths = new HashMap<>();
    files.forEach(file -> lengths.put(file.path(), file.bytes()));
    Set<Integer> seen = new HashSet<>();
    newest.ifPresent(m -> m.sources().forEach(source -> seen.add(source.number())));
    Set<Integer> unseen = new TreeSet<>();
    Set<Integer> withdrawn = new TreeSet<>();
    for (IngestPlan plan : plans) {
      for (PlannedSource source : plan.sources()) {
        int number = source.number();
        if (!seen.contains(number)) {
          unseen.add(number);
          if (isLost(source.file(), lengths, entries.containsKey(number))) {
            withdrawn.add(number);
          }
        }
      }
    }
    if (withdrawn.isEmpty()) {
      return Optional.empty();
    }
    IngestPlan last = plans.get(plans.size() - 1);
    List<Integer> numbers = List.copyOf(decidedTogether ? unseen : withdrawn);
    return Optional.of(new IngestPlan(last.number() + 1, last.recipe(), List.of(), numbers));
  }

  private static boolean isLost(CorpusFile file, Map<String, Long> lengths, boolean done) {
    Long now = lengths.get(file.path());
    return now == null ? !done : now != file.bytes();
  }
}
