package io.sparkswitch.data.pipeline.cut;

import io.sparkswitch.data.shard.SegmentIds;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.shard.ShardWriter;
import io.sparkswitch.data.shard.WholeFile;
import java.io.IOException;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The documents of one language of one source file, on their way into a shard. */
final class LanguageShard implements AutoCloseable {
  private final String language;
  private final Path folder;
  private final Configuration conf;
  private final Path attempt;
  private final long firstSegment;
  private final ShardWriter writer;
  private final SegmentCutter cutter;

  private LanguageShard(
      String language, Path folder, Configuration conf, ShardSettings settings, long firstSegment)
      throws IOException {
    this.language = language;
    this.folder = folder;
    this.conf = conf;
    this.firstSegment = firstSegment;
    this.attempt = WholeFile.attempt(folder, "shard");
    this.writer = ShardWriter.create(attempt, conf, settings, firstSegment);
    this.cutter = new SegmentCutter(settings.segmentLength(), writer::write);
  }

  /**
   * @param source number of the source file
   * @param slot number of the language in it
   */
  static LanguageShard create(
      String language, int source, int slot, Path folder, Configuration conf, Recipe recipe)
      throws IOException {
    return new LanguageShard(
        language, folder, conf, recipe.settings(), SegmentIds.first(source, slot));
  }

  SegmentCutter cutter() {
    return cutter;
  }

  /**
   * Closes the shard and gives it its name.
   *
   * @param nameOf the shard's name by its language
   */
  ShardFile finish(Function<String, String> nameOf) throws IOException {
    ShardWriter.Written written = writer.finish();
    String name = nameOf.apply(language);
    WholeFile.move(attempt, new Path(folder, name), conf);
    return new ShardFile(
        name,
        language,
        written.sha256(),
        written.bytes(),
        firstSegment,
        written.rowGroups(),
        cutter.counts());
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
