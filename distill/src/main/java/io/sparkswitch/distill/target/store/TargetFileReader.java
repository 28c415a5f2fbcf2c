package io.sparkswitch.distill.target.store;

import io.sparkswitch.distill.target.Distributions;
import io.sparkswitch.distill.target.RowKey;
import io.sparkswitch.distill.target.SoftTargets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
   * @throws IllegalArgumentException if the file has other columns or a row that is none
   */
  static List<SoftTargets> read(Path path, Configuration conf) throws IOException {
    List<SoftTargets> rows = new ArrayList<>();
    try (ParquetFileReader parquet = ParquetFileReader.open(HadoopInputFile.fromPath(path, conf))) {
      if (!parquet.getFileMetaData().getSchema().equals(SCHEMA)) {
        throw new IllegalArgumentException(
            "it holds no soft targets, its columns are " + parquet.getFileMetaData().getSchema());
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
    } catch (RuntimeException e) { // Parquet's own failures are of many kinds
      throw new IllegalArgumentException("row %d: %s".formatted(rows.size(), e.getMessage()), e);
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
    private final ListColumn tokens;
    private final ListColumn probabilities;
    private final ListColumn remainder;

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
      tokens = ListColumn.ofInts(column(store, SoftTargetsSchema.TOKENS));
      probabilities = ListColumn.ofFloats(column(store, SoftTargetsSchema.PROBABILITIES));
      remainder = ListColumn.ofFloats(column(store, SoftTargetsSchema.REMAINDER));
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
      probabilities.next(rowPositions);
      tokens.next(rowPositions);
      remainder.next(rowPositions);
      boolean full = tokens.count() == 0;
      if (!full && !Arrays.equals(tokens.ends(), probabilities.ends())) {
        throw new IllegalArgumentException("tokens and probabilities differ in length");
      }
      return new SoftTargets(
          nextLong(step),
          nextInt(sequence),
          new RowKey(nextLong(segmentId), nextLong(corruptionSeed), nextInt(epoch)),
          new Distributions(
              probabilities.ends(), tokens.ints(), probabilities.floats(), remainder.floats()));
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
