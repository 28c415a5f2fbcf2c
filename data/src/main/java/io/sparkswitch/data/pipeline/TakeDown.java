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
import scala.Tuple2;

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
    List<Tuple2<Integer, Long>> hits;
    try (JobPhase phase = JobPhase.begin(sc, "looking for addresses that are taken down")) {
      hits =
          sc.parallelize(indices, Math.min(indices.size(), 1024))
              .mapPartitionsToPair(search::hits)
              .collect();
    }
    hashes.destroy();
    Set<Integer> found = new HashSet<>();
    Set<Long> foundHashes = new HashSet<>();
    for (Tuple2<Integer, Long> hit : hits) {
      found.add(hit._1());
      foundHashes.add(hit._2());
    }
    progress.say("their documents are in %,d source files".formatted(found.size()));
    List<String> nowhere = wanted.without(foundHashes);
    if (!nowhere.isEmpty()) {
      progress.say(
          "%,d of them are the address of no document here, such as %s"
              .formatted(nowhere.size(), nowhere.get(0)));
    }
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

    /** Pairs of a source and the hash of a wanted address that it holds a document of. */
    Iterator<Tuple2<Integer, Long>> hits(Iterator<Integer> indices) throws IOException {
      Set<Tuple2<Integer, Long>> found = new HashSet<>();
      while (indices.hasNext()) {
        search(candidates.get(indices.next()), found);
      }
      return found.iterator();
    }

    private void search(Candidate candidate, Set<Tuple2<Integer, Long>> found) throws IOException {
      Path path = new Path(folder, candidate.shard());
      try (ShardReader reader = ShardReader.open(path, hadoop.conf(), 1)) {
        for (int group = 0; group < candidate.rowGroups(); group++) {
          for (List<DocumentSpan> spans : reader.spans(group)) {
            for (DocumentSpan span : spans) {
              if (Arrays.binarySearch(hashes.value(), span.urlHash()) >= 0) {
                found.add(new Tuple2<>(candidate.source(), span.urlHash()));
              }
            }
          }
        }
      }
    }
  }
}
