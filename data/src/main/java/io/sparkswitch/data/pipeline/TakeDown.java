package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.pipeline.folder.Exclusions;
import io.sparkswitch.data.pipeline.serial.HadoopSettings;
import io.sparkswitch.data.shard.DocumentSpan;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardReader;
import io.sparkswitch.data.shard.SourceEntry;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** Finds, by the lineage of the shards, which sources hold documents of given addresses. */
final class TakeDown {
  private TakeDown() {}

  /**
   * Numbers of the sources whose shards hold such a document; reads the lineage of all of them.
   *
   * @param wanted the addresses
   */
  static Set<Integer> sourcesOf(
      JavaSparkContext sc,
      Path folder,
      Collection<SourceEntry> entries,
      Exclusions wanted,
      PrepareProgress progress) {
    ArrayList<Candidate> candidates = candidates(entries);
    if (wanted.isEmpty() || candidates.isEmpty()) {
      return Set.of();
    }
    progress.say(
        "looking for %,d newly listed addresses in the lineage of %,d shards"
            .formatted(wanted.urls().size(), candidates.size()));
    Broadcast<long[]> hashes = sc.broadcast(wanted.hashes());
    Search search =
        new Search(
            candidates, folder.toString(), new HadoopSettings(sc.hadoopConfiguration()), hashes);
    List<Integer> indices = new ArrayList<>();
    for (int i = 0; i < candidates.size(); i++) {
      indices.add(i);
    }
    Set<Integer> found;
    try (JobPhase phase = JobPhase.begin(sc, "looking for addresses that are taken down")) {
      found =
          new HashSet<>(
              sc.parallelize(indices, Math.min(indices.size(), 1024))
                  .mapPartitions(search::sources)
                  .collect());
    }
    hashes.destroy();
    progress.say("their documents are in %,d source files".formatted(found.size()));
    return found;
  }

  private static ArrayList<Candidate> candidates(Collection<SourceEntry> entries) {
    ArrayList<Candidate> candidates = new ArrayList<>();
    for (SourceEntry entry : entries) {
      for (ShardFile shard : entry.shards()) {
        if (!shard.rowGroups().isEmpty()) {
          candidates.add(new Candidate(entry.number(), shard.name(), shard.rowGroups().size()));
        }
      }
    }
    return candidates;
  }

  private record Candidate(int source, String shard, int rowGroups) implements Serializable {}

  /** What a task's closure carries. */
  private record Search(
      ArrayList<Candidate> candidates,
      String folder,
      HadoopSettings hadoop,
      Broadcast<long[]> hashes)
      implements Serializable {

    Iterator<Integer> sources(Iterator<Integer> indices) throws IOException {
      List<Integer> found = new ArrayList<>();
      while (indices.hasNext()) {
        Candidate candidate = candidates.get(indices.next());
        if (holdsOne(candidate)) {
          found.add(candidate.source());
        }
      }
      return found.iterator();
    }

    private boolean holdsOne(Candidate candidate) throws IOException {
      Path path = new Path(folder, candidate.shard());
      try (ShardReader reader = ShardReader.open(path, hadoop.conf(), 1)) {
        for (int group = 0; group < candidate.rowGroups(); group++) {
          for (List<DocumentSpan> spans : reader.spans(group)) {
            for (DocumentSpan span : spans) {
              if (Arrays.binarySearch(hashes.value(), span.urlHash()) >= 0) {
                return true;
              }
            }
          }
        }
      }
      return false;
    }
  }
}
