package io.sparkswitch.jobs.bench;

import io.sparkswitch.data.batch.corruption.SegmentLengths;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;

/**
 * Shards of random tokens, written without a corpus.
 *
 * @param data says how long segments are
 * @param vocabulary that tokens are drawn from
 * @param segments of each language in each split
 */
public record RandomShards(DataSettings data, VocabularySpec vocabulary, int segments) {

  /** Both splits, in folders {@code train} and {@code validation}, with one part a language. */
  public void write(Path folder, List<String> languages) throws IOException {
    split(folder.resolve("train"), languages, 1);
    split(folder.resolve("validation"), languages, 2);
  }

  private void split(Path folder, List<String> languages, long seed) throws IOException {
    ShardSettings settings =
        new ShardSettings(
            SegmentLengths.of(data.inputsLength(), data.noiseDensity(), data.meanSpanLength())
                .segment(),
            data.rowGroupSegments());
    SplittableRandom random = new SplittableRandom(seed);
    List<ShardFile> shards = new ArrayList<>();
    for (String language : languages) {
      shards.add(shard(folder, settings, language, (long) shards.size() * segments, random));
    }
    long documents = (long) segments * languages.size();
    SourceEntry entry =
        new SourceEntry(
            0,
            1,
            new ShardSource("file:/corpus/0.json", 1, "e".repeat(64)),
            new DocumentCounts(documents, documents, 0, Map.of(), Map.of()),
            "",
            shards);
    ManifestFile.write(
        new org.apache.hadoop.fs.Path(folder.toString()),
        new Configuration(),
        ShardManifest.of(1, settings, vocabulary, Map.of(), List.of(entry), Map.of()));
  }

  private ShardFile shard(
      Path folder, ShardSettings settings, String language, long first, SplittableRandom random)
      throws IOException {
    String name = ShardFile.nameOf(language, "shard-000000000000");
    org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(folder.resolve(name).toString());
    try (ShardWriter writer = ShardWriter.create(file, new Configuration(), settings, first)) {
      for (int row = 0; row < segments; row++) {
        int[] tokens = random.ints(settings.segmentLength(), 3, vocabulary.pieces()).toArray();
        writer.write(tokens, List.of(new DocumentSpan(row, 7, 0, tokens.length)));
      }
      ShardWriter.Written written = writer.finish();
      long tokens = (long) segments * settings.segmentLength();
      return new ShardFile(
          name,
          language,
          written.sha256(),
          written.bytes(),
          first,
          written.rowGroups(),
          new ShardCounts(segments, tokens, tokens, 0, segments, List.of((long) segments)));
    }
  }
}
