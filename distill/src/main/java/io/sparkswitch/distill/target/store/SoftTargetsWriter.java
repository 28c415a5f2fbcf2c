package io.sparkswitch.distill.target.store;

import io.sparkswitch.data.shard.DigestingOutputFile;
import io.sparkswitch.distill.target.SoftTargets;
import io.sparkswitch.distill.target.TargetKind;
import io.sparkswitch.distill.target.store.TargetFile.Span;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.codec.ZstandardCodec;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Writes one file of the store, Parquet with zstd: rows in the order of (step, sequence). Nothing
 * of it counts before a chunk's commit names it.
 */
public final class SoftTargetsWriter implements AutoCloseable {
  private final TargetChunk chunk;
  private final DigestingOutputFile file;
  private final ParquetWriter<SoftTargets> parquet;
  private long rows;
  private long targets;
  private long lastStep = -1;
  private int lastSequence = -1;
  private int firstOfSequences = Integer.MAX_VALUE;
  private int endOfSequences;

  private SoftTargetsWriter(
      TargetChunk chunk, DigestingOutputFile file, ParquetWriter<SoftTargets> parquet) {
    this.chunk = chunk;
    this.file = file;
    this.parquet = parquet;
  }

  /**
   * Creates a file.
   *
   * @param conf whose {@code parquet.compression.codec.zstd.level} counts where it is set
   * @param kind of its rows
   * @throws IOException if there is a file of that name already, or it cannot be created
   */
  public static SoftTargetsWriter create(
      Path folder, Configuration conf, TargetChunk chunk, TargetKind kind) throws IOException {
    DigestingOutputFile file = new DigestingOutputFile(new Path(folder, chunk.fileName()), conf);
    Configuration own = new Configuration(conf);
    String level = ZstandardCodec.PARQUET_COMPRESS_ZSTD_LEVEL;
    own.setInt(level, conf.getInt(level, zstdLevel(kind)));
    // Numbers of bytes each kind takes are in docs/distillation.md. Probabilities as they are
    // compress better than numbers of a dictionary, which no longer repeat from byte to byte.
    ParquetWriter<SoftTargets> parquet =
        new Builder(file)
            .withConf(own)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withDictionaryEncoding(false)
            .withDictionaryEncoding(SoftTargetsSchema.TOKENS_LEAF, true)
            .build();
    return new SoftTargetsWriter(chunk, file, parquet);
  }

  /** Some tokens are worth an effort; whole distributions are too many bytes for it. */
  private static int zstdLevel(TargetKind kind) {
    return kind == TargetKind.FULL ? 6 : 16;
  }

  /** Appends a row; rows come by step, and by sequence within a step. */
  public void write(SoftTargets row) throws IOException {
    if (row.step() < chunk.firstStep() || row.step() >= chunk.endStep()) {
      throw new IllegalArgumentException(
          "step %d does not belong into %s".formatted(row.step(), chunk.fileName()));
    }
    if (row.step() < lastStep || (row.step() == lastStep && row.sequence() <= lastSequence)) {
      throw new IllegalArgumentException(
          "step %d, sequence %d came after step %d, sequence %d: rows are written in order, once"
              .formatted(row.step(), row.sequence(), lastStep, lastSequence));
    }
    parquet.write(row);
    rows++;
    targets += row.positions();
    lastStep = row.step();
    lastSequence = row.sequence();
    firstOfSequences = Math.min(firstOfSequences, row.sequence());
    endOfSequences = Math.max(endOfSequences, row.sequence() + 1);
  }

  /** Closes the file and tells what it holds; a writer without sequences leaves a file too. */
  public TargetFile finish() throws IOException {
    file.beginFooter();
    parquet.close();
    return new TargetFile(
        chunk.fileName(),
        file.sha256(),
        file.bytes(),
        rows,
        targets,
        new Span(chunk.firstStep(), chunk.endStep()),
        new Span(Math.min(firstOfSequences, endOfSequences), endOfSequences));
  }

  @Override
  public void close() throws IOException {
    parquet.close();
  }

  private static final class Builder extends ParquetWriter.Builder<SoftTargets, Builder> {
    Builder(DigestingOutputFile file) {
      super(file);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<SoftTargets> getWriteSupport(Configuration conf) {
      return new SoftTargetsWriteSupport();
    }
  }
}
