package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.shard.ShardCounts;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardSource;
import io.sparkswitch.data.shard.ShardWriter;
import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.CorpusReader;
import io.sparkswitch.data.source.SourceRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The unit of work: one source file to one shard. Streams; holds one line, one segment and one row
 * group.
 *
 * @param folder the shard folder
 * @param conf Hadoop's settings
 * @param plan what the folder is made of
 * @param encoder text to token ids, {@code <int32>[length]}
 */
record ShardTask(Path folder, Configuration conf, ShardPlan plan, Function<String, int[]> encoder) {

  /** Writes the shard of a source file under a name that carries the attempt's number. */
  ShardFile run(int source, int attempt) throws IOException {
    CorpusFile file = plan.sources().get(source);
    String name = plan.shardName(source, attempt);
    Path aside = new Path(folder, ShardFile.quarantineOf(name));
    try (CorpusReader reader = CorpusReader.open(file, conf);
        Quarantine quarantine = new Quarantine(aside, conf, file.path());
        ShardWriter writer =
            ShardWriter.create(new Path(folder, name), conf, plan.settings(), source)) {
      SegmentCutter cutter = new SegmentCutter(plan.settings().segmentLength(), writer::write);
      long textBytes = 0;
      while (reader.hasNext()) {
        SourceRecord record = reader.next();
        if (record instanceof SourceRecord.Kept kept) {
          String text = kept.document().text();
          cutter.add(encoder.apply(text));
          textBytes += text.getBytes(StandardCharsets.UTF_8).length;
        } else if (record instanceof SourceRecord.Malformed malformed) {
          quarantine.add(malformed);
        }
      }
      ShardCounts counts = counts(reader, quarantine, cutter, textBytes);
      ShardWriter.Written written = writer.finish();
      String digest = reader.drainAndDigest();
      return new ShardFile(
          name,
          written.sha256(),
          written.bytes(),
          0,
          written.rowGroups(),
          new ShardSource(file.path(), reader.bytesRead(), digest),
          counts);
    }
  }

  private static ShardCounts counts(
      CorpusReader reader, Quarantine quarantine, SegmentCutter cutter, long textBytes) {
    ShardCounts counts =
        new ShardCounts(
            reader.documents(),
            quarantine.lines(),
            textBytes,
            cutter.tokens(),
            cutter.rest(),
            cutter.segments());
    if (counts.documentsRead() != reader.linesRead()) {
      throw new IllegalStateException(
          "%d lines were read, but %d documents kept and %d lines kept aside"
              .formatted(reader.linesRead(), counts.documents(), counts.malformed()));
    }
    return counts;
  }
}
