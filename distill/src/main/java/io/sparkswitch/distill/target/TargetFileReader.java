package io.sparkswitch.distill.target;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.DummyRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;

/** Reads the rows of one file, column by column into arrays. */
final class TargetFileReader {
  private static final MessageType SCHEMA = SoftTargetsSchema.ROW;

  private TargetFileReader() {}

  /**
   * All rows, in the order of the file.
   *
   * @throws IOException if the file has other columns or a row that is none
   */
  static List<SoftTargets> read(Path path, Configuration conf) throws IOException {
    List<SoftTargets> rows = new ArrayList<>();
    try (ParquetFileReader parquet = ParquetFileReader.open(HadoopInputFile.fromPath(path, conf))) {
      if (!parquet.getFileMetaData().getSchema().equals(SCHEMA)) {
        throw new IOException(
            "%s holds no soft targets: its columns are %s"
                .formatted(path, parquet.getFileMetaData().getSchema()));
      }
      String createdBy = parquet.getFileMetaData().getCreatedBy();
      for (PageReadStore pages = parquet.readNextRowGroup();
          pages != null;
          pages = parquet.readNextRowGroup()) {
        Columns columns = new Columns(pages, createdBy);
        for (long row = 0; row < pages.getRowCount(); row++) {
          rows.add(columns.next());
        }
        pages.close();
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: row %d: %s".formatted(path, rows.size(), e.getMessage()), e);
    }
    return rows;
  }

  /** The columns of a row group, each at the value that comes next. */
  private static final class Columns {
    private final ColumnReader step;
    private final ColumnReader sequence;
    private final ColumnReader segmentId;
    private final ColumnReader corruptionSeed;
    private final ColumnReader epoch;
    private final ColumnReader positions;
    private final ColumnReader k;
    private final ColumnReader tokens;
    private final ColumnReader probabilities;
    private final ColumnReader remainder;

    Columns(PageReadStore pages, String createdBy) {
      ColumnReadStoreImpl store =
          new ColumnReadStoreImpl(
              pages, new DummyRecordConverter(SCHEMA).getRootConverter(), SCHEMA, createdBy);
      step = column(store, SoftTargetsSchema.STEP);
      sequence = column(store, SoftTargetsSchema.SEQUENCE);
      segmentId = column(store, SoftTargetsSchema.SEGMENT_ID);
      corruptionSeed = column(store, SoftTargetsSchema.CORRUPTION_SEED);
      epoch = column(store, SoftTargetsSchema.EPOCH);
      positions = column(store, SoftTargetsSchema.POSITIONS);
      k = column(store, SoftTargetsSchema.K);
      tokens = column(store, SoftTargetsSchema.TOKENS);
      probabilities = column(store, SoftTargetsSchema.PROBABILITIES);
      remainder = column(store, SoftTargetsSchema.REMAINDER);
    }

    /** The reader of the one leaf below a column, however many lists lie between. */
    private static ColumnReader column(ColumnReadStoreImpl store, String name) {
      return store.getColumnReader(
          SCHEMA.getColumns().stream()
              .filter(leaf -> leaf.getPath()[0].equals(name))
              .findFirst()
              .orElseThrow());
    }

    SoftTargets next() {
      int rowPositions = nextInt(positions);
      int rowK = nextInt(k);
      int[] rowTokens = new int[Math.multiplyExact(rowPositions, rowK)];
      float[] rowProbabilities = new float[rowTokens.length];
      float[] rowRemainder = new float[rowPositions];
      fill(tokens, rowTokens.length, i -> rowTokens[i] = tokens.getInteger());
      fill(probabilities, rowTokens.length, i -> rowProbabilities[i] = probabilities.getFloat());
      fill(remainder, rowPositions, i -> rowRemainder[i] = remainder.getFloat());
      return new SoftTargets(
          nextLong(step),
          nextInt(sequence),
          nextLong(segmentId),
          nextLong(corruptionSeed),
          nextInt(epoch),
          rowPositions,
          rowK,
          rowTokens,
          rowProbabilities,
          rowRemainder);
    }

    private static void fill(ColumnReader column, int count, IntConsumer element) {
      for (int i = 0; i < count; i++) {
        if ((column.getCurrentRepetitionLevel() == 0) != (i == 0)) {
          throw new IllegalArgumentException(
              "%s does not hold %d values"
                  .formatted(String.join(".", column.getDescriptor().getPath()), count));
        }
        element.accept(i);
        column.consume();
      }
    }

    private static int nextInt(ColumnReader column) {
      int value = column.getInteger();
      column.consume();
      return value;
    }

    private static long nextLong(ColumnReader column) {
      long value = column.getLong();
      column.consume();
      return value;
    }
  }
}
