package io.sparkswitch.data.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The writer's twin is Parquet's own, record by record. */
class ShardWriterTest {
  private static final Configuration CONF = new Configuration();

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"7, 5, 23, 40", "568, 64, 130, 32000", "3, 4096, 9000, 250112", "9, 4, 8, 1"})
  void holdsWhatParquetsOwnWriterHolds(int length, int rowGroup, int rows, int vocabulary)
      throws IOException {
    ShardSettings settings = new ShardSettings(length, rowGroup);
    List<Segment> segments = segments(settings, rows, vocabulary);
    Path ours = folder.resolve("ours.parquet");
    ShardWriter.Written written;
    try (ShardWriter writer = ShardWriter.create(path(ours), CONF, settings, 1000)) {
      for (Segment segment : segments) {
        writer.write(segment.tokens(), segment.spans());
      }
      written = writer.finish();
    }
    Path theirs = folder.resolve("theirs.parquet");
    try (ParquetWriter<Segment> twin = new Twin(path(theirs), rowGroup).build()) {
      for (Segment segment : segments) {
        twin.write(segment);
      }
    }

    List<String> read = groups(ours);
    assertThat(read).hasSize(rows).isEqualTo(groups(theirs));
    assertThat(written.bytes()).isEqualTo(Files.size(ours));
    assertThat(written.sha256()).isEqualTo(Digests.of(Files.newInputStream(ours)));
    assertThat(written.rowGroups().stream().mapToInt(Integer::intValue).sum()).isEqualTo(rows);
    assertThat(written.bytes()).isLessThan(Files.size(theirs) * 11 / 10 + 2000);
    try (ShardReader reader = ShardReader.open(path(ours), CONF, length)) {
      assertThat(reader.rowGroups()).isEqualTo(written.rowGroups());
      int last = rows - 1;
      int group = written.rowGroups().size() - 1;
      int row = written.rowGroups().get(group) - 1;
      Segment back = reader.segment(group, row, 1000 + last - row);
      assertThat(back.id()).isEqualTo(1000 + last);
      assertThat(back.tokens()).isEqualTo(segments.get(last).tokens());
      assertThat(back.spans()).isEqualTo(segments.get(last).spans());
    }
  }

  @Test
  void aShardWithoutSegmentsCanBeRead() throws IOException {
    Path empty = folder.resolve("empty.parquet");
    try (ShardWriter writer = ShardWriter.create(path(empty), CONF, new ShardSettings(5, 5), 0)) {
      assertThat(writer.finish().rowGroups()).isEmpty();
    }
    assertThat(groups(empty)).isEmpty();
  }

  private static List<Segment> segments(ShardSettings settings, int rows, int vocabulary) {
    SplittableRandom random = new SplittableRandom(rows);
    List<Segment> segments = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      int[] tokens = random.ints(settings.segmentLength(), 0, vocabulary).toArray();
      List<DocumentSpan> spans = new ArrayList<>();
      for (int span = random.nextInt(4); span > 0; span--) {
        spans.add(
            new DocumentSpan(
                random.nextLong(), random.nextLong(), random.nextInt(9), 1 + random.nextInt(9)));
      }
      segments.add(new Segment(1000 + row, tokens, spans));
    }
    return segments;
  }

  private static List<String> groups(Path file) throws IOException {
    List<String> groups = new ArrayList<>();
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), path(file)).withConf(CONF).build()) {
      for (Group group = reader.read(); group != null; group = reader.read()) {
        groups.add(group.toString());
      }
    }
    return groups;
  }

  private static org.apache.hadoop.fs.Path path(Path file) {
    return new org.apache.hadoop.fs.Path(file.toString());
  }

  private static final class Twin extends ParquetWriter.Builder<Segment, Twin> {
    Twin(org.apache.hadoop.fs.Path file, int rowGroup) throws IOException {
      super(HadoopOutputFile.fromPath(file, CONF));
      withConf(CONF)
          .withCompressionCodec(CompressionCodecName.ZSTD)
          .withRowGroupRowCountLimit(rowGroup);
    }

    @Override
    protected Twin self() {
      return this;
    }

    @Override
    protected WriteSupport<Segment> getWriteSupport(Configuration conf) {
      return new SegmentWriteSupport();
    }
  }
}
