package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.pipeline.folder.IngestPlan;
import io.sparkswitch.data.source.CorpusFile;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tells of files that seem to be known under another path: their documents would come twice. */
final class MovedSources {
  private MovedSources() {}

  /**
   * A warning, if new files have the names and lengths of files that were planned from a place
   * where they are not found any more.
   *
   * @param plans all ingest batches
   * @param files the corpus as it is now
   */
  static Optional<String> remark(List<IngestPlan> plans, List<CorpusFile> files) {
    Set<String> present = new HashSet<>();
    files.forEach(file -> present.add(file.path()));
    Set<String> planned = new HashSet<>();
    Map<String, String> gone = new HashMap<>();
    for (IngestPlan plan : plans) {
      for (IngestPlan.PlannedSource source : plan.sources()) {
        CorpusFile file = source.file();
        planned.add(file.path());
        if (!present.contains(file.path())) {
          gone.put(key(file), file.path());
        }
      }
    }
    List<CorpusFile> moved =
        files.stream()
            .filter(file -> !planned.contains(file.path()) && gone.containsKey(key(file)))
            .toList();
    return moved.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "WARNING: %,d new files have the name and length of one that is in already, such as %s, before %s: if they were moved, each of their documents is in the shards twice now; make them again from the new place with --fresh"
                .formatted(moved.size(), moved.get(0).path(), gone.get(key(moved.get(0)))));
  }

  private static String key(CorpusFile file) {
    return file.bytes() + " " + file.name();
  }
}
