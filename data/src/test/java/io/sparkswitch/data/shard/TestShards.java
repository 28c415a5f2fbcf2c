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
    List<ShardFile> files = new ArrayList<>();
    long id = 0;
    for (int f = 0; f < segments.length; f++) {
      String name = "shard-%012x.a0.parquet".formatted(f);
      var path = new org.apache.hadoop.fs.Path(folder.resolve(name).toString());
      try (ShardWriter writer = ShardWriter.create(path, CONF, settings, f)) {
        for (int row = 0; row < segments[f]; row++, id++) {
          int[] tokens = new int[settings.segmentLength()];
          for (int i = 0; i < tokens.length; i++) {
            tokens[i] = token(id, i);
          }
          writer.write(tokens);
        }
        files.add(file(name, writer.finish(), settings, segments[f]));
      }
    }
    ManifestFile.write(
        new org.apache.hadoop.fs.Path(folder.toString()),
        CONF,
        ShardManifest.of(settings, VOCABULARY, files, Map.of("seed", "7")));
    return ShardSet.open(folder.toString(), CONF);
  }

  private static ShardFile file(
      String name, ShardWriter.Written written, ShardSettings settings, int segments) {
    ShardCounts counts =
        new ShardCounts(segments, 0, 1, (long) segments * settings.segmentLength(), 0, segments);
    ShardSource source = new ShardSource("file:/corpus/" + name + ".json", 1, "e".repeat(64));
    return new ShardFile(
        name, written.sha256(), written.bytes(), 0, written.rowGroups(), source, counts);
  }
}
