package io.sparkswitch.data.shard;

import io.sparkswitch.data.source.InputException;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Writes one shard: segments in order, Parquet with zstd. Its bytes depend on nothing else. */
public final class ShardWriter implements AutoCloseable {
  // Row groups are cut by rows; the limit in bytes must never come first.
  private static final long ROW_GROUP_BYTES = 1L << 30;

  private final DigestingOutputFile file;
  private final ParquetWriter<Segment> parquet;
  private final ShardSettings settings;
  private final long firstSegment;
  private long rows;

  private ShardWriter(
      DigestingOutputFile file,
      ParquetWriter<Segment> parquet,
      ShardSettings settings,
      long firstSegment) {
    this.file = file;
    this.parquet = parquet;
    this.settings = settings;
    this.firstSegment = firstSegment;
  }

  /**
   * Creates a shard.
   *
   * @param firstSegment id of its first segment
   * @throws IOException if there is a file already, or it cannot be created
   */
  public static ShardWriter create(
      Path path, Configuration conf, ShardSettings settings, long firstSegment) throws IOException {
    DigestingOutputFile file = new DigestingOutputFile(path, conf);
    ParquetWriter<Segment> parquet =
        new Builder(file)
            .withConf(conf)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withRowGroupSize(ROW_GROUP_BYTES)
            .withRowGroupRowCountLimit(settings.rowGroupSegments())
            .build();
    return new ShardWriter(file, parquet, settings, firstSegment);
  }

  /**
   * Appends the next segment.
   *
   * @param tokens {@code <int32>[segmentLength]}
   * @param spans the documents of the tokens, in their order
   */
  public void write(int[] tokens, List<DocumentSpan> spans) throws IOException {
    if (tokens.length != settings.segmentLength()) {
      throw new IllegalArgumentException(
          "a segment of %d tokens in shards of length %d"
              .formatted(tokens.length, settings.segmentLength()));
    }
    if (rows == SegmentIds.ROWS) {
      throw new InputException(
          "%s would hold more than %d segments: split its source file"
              .formatted(file.getPath(), SegmentIds.ROWS));
    }
    parquet.write(new Segment(firstSegment + rows, tokens, spans));
    rows++;
  }

  /** Closes the file and tells what it holds. */
  public Written finish() throws IOException {
    file.beginFooter();
    parquet.close();
    List<Integer> rowGroups =
        parquet.getFooter().getBlocks().stream()
            .map(block -> Math.toIntExact(block.getRowCount()))
            .toList();
    return new Written(file.bytes(), file.sha256(), rowGroups);
  }

  @Override
  public void close() throws IOException {
    parquet.close();
  }

  /**
   * A finished shard.
   *
   * @param bytes length of the file
   * @param sha256 digest of the file
   * @param rowGroups segments of each row group, in order
   */
  public record Written(long bytes, String sha256, List<Integer> rowGroups) {}

  private static final class Builder extends ParquetWriter.Builder<Segment, Builder> {
    Builder(DigestingOutputFile file) {
      super(file);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<Segment> getWriteSupport(Configuration conf) {
      return new SegmentWriteSupport();
    }
  }
}
