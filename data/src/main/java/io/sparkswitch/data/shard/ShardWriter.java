package io.sparkswitch.data.shard;

import io.sparkswitch.data.source.InputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.CodecFactory.BytesCompressor;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Writes one shard: segments in order, Parquet with zstd. Its bytes depend on nothing else. Holds
 * one row group.
 */
public final class ShardWriter implements AutoCloseable {
  // Row groups are cut by rows; the limit in bytes must never come first.
  private static final long ROW_GROUP_BYTES = 1L << 30;

  private static final int PADDING = 8 << 20;
  private static final int PAGE_BYTES = 1 << 20;
  private static final int TRUNCATED = 64;

  private final DigestingOutputFile file;
  private final ParquetFileWriter parquet;
  private final CodecFactory codecs;
  private final BytesCompressor zstd;
  private final ShardSettings settings;
  private final long firstSegment;
  private final TokenColumn tokens;
  private final LineageColumns lineage = new LineageColumns();
  private final List<Integer> rowGroups = new ArrayList<>();
  private long rows;

  private ShardWriter(
      DigestingOutputFile file,
      ParquetFileWriter parquet,
      CodecFactory codecs,
      ShardSettings settings,
      long firstSegment) {
    this.file = file;
    this.parquet = parquet;
    this.codecs = codecs;
    this.zstd = codecs.getCompressor(CompressionCodecName.ZSTD);
    this.settings = settings;
    this.firstSegment = firstSegment;
    this.tokens = new TokenColumn(settings);
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
    ParquetFileWriter parquet =
        new ParquetFileWriter(
            file,
            ShardSchema.SEGMENT,
            ParquetFileWriter.Mode.CREATE,
            ROW_GROUP_BYTES,
            PADDING,
            TRUNCATED,
            TRUNCATED,
            true);
    parquet.start();
    return new ShardWriter(
        file, parquet, new CodecFactory(conf, PAGE_BYTES), settings, firstSegment);
  }

  /**
   * Appends the next segment.
   *
   * @param segment {@code <int32>[segmentLength]}
   * @param spans the documents of the tokens, in their order
   */
  public void write(int[] segment, List<DocumentSpan> spans) throws IOException {
    if (segment.length != settings.segmentLength()) {
      throw new IllegalArgumentException(
          "a segment of %d tokens in shards of length %d"
              .formatted(segment.length, settings.segmentLength()));
    }
    if (rows == SegmentIds.ROWS) {
      throw new InputException(
          "%s would hold more than %d segments: split its source file"
              .formatted(file.getPath(), SegmentIds.ROWS));
    }
    tokens.add(segment);
    lineage.add(firstSegment + rows, spans);
    rows++;
    if (lineage.rows() == settings.rowGroupSegments()) {
      flush();
    }
  }

  private void flush() throws IOException {
    int count = lineage.rows();
    parquet.startBlock(count);
    lineage.flushIds(parquet, zstd);
    tokens.flush(parquet, ShardSchema.ONLY_TOKENS.getColumns().get(0), zstd);
    lineage.flushSpans(parquet, zstd);
    parquet.endBlock();
    rowGroups.add(count);
  }

  /** Closes the file and tells what it holds. */
  public Written finish() throws IOException {
    if (lineage.rows() > 0) {
      flush();
    }
    file.beginFooter();
    parquet.end(Map.of("sparkswitch.schema", Integer.toString(ShardSchema.VERSION)));
    return new Written(file.bytes(), file.sha256(), rowGroups);
  }

  @Override
  public void close() throws IOException {
    parquet.close();
    codecs.release();
  }

  /**
   * A finished shard.
   *
   * @param bytes length of the file
   * @param sha256 digest of the file
   * @param rowGroups segments of each row group, in order
   */
  public record Written(long bytes, String sha256, List<Integer> rowGroups) {
    public Written {
      rowGroups = List.copyOf(rowGroups);
    }
  }
}
