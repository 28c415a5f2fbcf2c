package io.sparkswitch.jobs;

import io.sparkswitch.data.batch.SegmentLengths;
import io.sparkswitch.data.shard.DocumentCounts;
import io.sparkswitch.data.shard.DocumentSpan;
import io.sparkswitch.data.shard.ManifestFile;
import io.sparkswitch.data.shard.ShardCounts;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.shard.ShardSource;
import io.sparkswitch.data.shard.ShardWriter;
import io.sparkswitch.data.shard.SourceEntry;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.conf.DataSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;

/** Shards of random tokens, written without a corpus. */
final class TinyShards {
  static final VocabularySpec VOCABULARY = new VocabularySpec(100, "d".repeat(64));
  static final int SEGMENTS = 64;

  private TinyShards() {}

  /** Both splits, in folders {@code train} and {@code validation}. */
  static void write(Path folder, DataSettings data) throws IOException {
    split(folder.resolve("train"), data, 1);
    split(folder.resolve("validation"), data, 2);
  }

  private static void split(Path folder, DataSettings data, long seed) throws IOException {
    ShardSettings settings =
        new ShardSettings(
            SegmentLengths.of(data.inputsLength(), data.noiseDensity(), data.meanSpanLength())
                .segment(),
            data.rowGroupSegments());
    Configuration hadoop = new Configuration();
    String name = ShardFile.nameOf("en", "shard-000000000000");
    org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(folder.resolve(name).toString());
    SplittableRandom random = new SplittableRandom(seed);
    try (ShardWriter writer = ShardWriter.create(file, hadoop, settings, 0)) {
      for (int row = 0; row < SEGMENTS; row++) {
        int[] tokens = random.ints(settings.segmentLength(), 3, VOCABULARY.pieces()).toArray();
        writer.write(tokens, List.of(new DocumentSpan(row, 7, 0, tokens.length)));
      }
      ShardWriter.Written written = writer.finish();
      ShardCounts counts =
          new ShardCounts(
              SEGMENTS,
              1,
              (long) SEGMENTS * settings.segmentLength(),
              0,
              SEGMENTS,
              List.of((long) SEGMENTS));
      ShardFile shard =
          new ShardFile(
              name, "en", written.sha256(), written.bytes(), 0, written.rowGroups(), counts);
      SourceEntry entry =
          new SourceEntry(
              0,
              1,
              new ShardSource("file:/corpus/0.json", 1, "e".repeat(64)),
              new DocumentCounts(SEGMENTS, SEGMENTS, 0, Map.of(), Map.of()),
              "",
              List.of(shard));
      ManifestFile.write(
          new org.apache.hadoop.fs.Path(folder.toString()),
          hadoop,
          ShardManifest.of(1, settings, VOCABULARY, Map.of(), List.of(entry), Map.of()));
    }
  }
}
