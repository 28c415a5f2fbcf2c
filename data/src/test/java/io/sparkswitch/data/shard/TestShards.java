package io.sparkswitch.data.shard;

import io.sparkswitch.data.token.VocabularySpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/** Small finished shard folders whose every token tells its segment. */
public final class TestShards {
  public static final VocabularySpec VOCABULARY = new VocabularySpec(30_000, "d".repeat(64));
  public static final Configuration CONF = new Configuration();

  private TestShards() {}

  /** Token {@code position} of segment {@code id}. */
  public static int token(long id, int position) {
    return (int) (3 + (id * 131 + position * 7L) % 29_000);
  }

  /** Writes one shard for each entry of {@code segments}. */
  public static ShardSet write(Path folder, ShardSettings settings, int... segments)
      throws IOException {
    List<SourceEntry> files = new ArrayList<>();
    long id = 0;
    for (int f = 0; f < segments.length; f++) {
      String name = ShardFile.nameOf("en", "shard-%012x".formatted(f));
      long first = id;
      var path = new org.apache.hadoop.fs.Path(folder.resolve(name).toString());
      try (ShardWriter writer = ShardWriter.create(path, CONF, settings, first)) {
        for (int row = 0; row < segments[f]; row++, id++) {
          int[] tokens = new int[settings.segmentLength()];
          for (int i = 0; i < tokens.length; i++) {
            tokens[i] = token(id, i);
          }
          writer.write(tokens, List.of(new DocumentSpan(row, 7, 0, tokens.length)));
        }
        files.add(entry(f, file(name, first, writer.finish(), settings, segments[f])));
      }
    }
    ManifestFile.write(
        new org.apache.hadoop.fs.Path(folder.toString()),
        CONF,
        ShardManifest.of(1, settings, VOCABULARY, Map.of(), files, Map.of("seed", "7")));
    return ShardSet.open(folder.toString(), CONF);
  }

  private static ShardFile file(
      String name, long first, ShardWriter.Written written, ShardSettings settings, int segments) {
    return new ShardFile(
        name,
        "en",
        written.sha256(),
        written.bytes(),
        first,
        written.rowGroups(),
        new ShardCounts(
            segments,
            1,
            (long) segments * settings.segmentLength(),
            0,
            segments,
            List.of((long) segments)));
  }

  private static SourceEntry entry(int number, ShardFile file) {
    long documents = file.counts().documents();
    return new SourceEntry(
        number,
        1,
        new ShardSource("file:/corpus/%d.json".formatted(number), 1, "e".repeat(64)),
        new DocumentCounts(documents, documents, 0, Map.of(), Map.of()),
        "",
        List.of(file));
  }
}
