package io.sparkswitch.data.shard;

import io.sparkswitch.data.source.InputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.DummyRecordConverter;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;

/** Reads a shard by row groups, in any order. Not thread-safe. */
public final class ShardReader implements AutoCloseable {
  private final Path path;
  private final ParquetFileReader parquet;
  private final int segmentLength;

  private ShardReader(Path path, ParquetFileReader parquet, int segmentLength) {
    this.path = path;
    this.parquet = parquet;
    this.segmentLength = segmentLength;
  }

  /**
   * Opens a shard whose segments have the given length; pages are compared with their checksums.
   */
  public static ShardReader open(Path path, Configuration conf, int segmentLength)
      throws IOException {
    return open(HadoopInputFile.fromPath(path, conf), conf, segmentLength);
  }

  static ShardReader open(HadoopInputFile file, Configuration conf, int segmentLength)
      throws IOException {
    Path path = file.getPath();
    ParquetReadOptions options =
        HadoopReadOptions.builder(conf, path).usePageChecksumVerification(true).build();
    return new ShardReader(path, ParquetFileReader.open(file, options), segmentLength);
  }

  /** Segments of each row group, in order. */
  public List<Integer> rowGroups() {
    return parquet.getRowGroups().stream()
        .map(block -> Math.toIntExact(block.getRowCount()))
        .toList();
  }

  /** The tokens of a row group, {@code <int32>[rows, segmentLength]}; no other column is read. */
  public int[] tokens(int rowGroup) throws IOException {
    try (PageReadStore pages = read(rowGroup, ShardSchema.ONLY_TOKENS)) {
      return tokens(pages, columns(pages, ShardSchema.ONLY_TOKENS));
    }
  }

  /**
   * The whole segment at a row of a row group.
   *
   * @param firstSegment id of the row group's first segment
   */
  public Segment segment(int rowGroup, int row, long firstSegment) throws IOException {
    int[] tokens = tokens(rowGroup);
    int from = Math.multiplyExact(row, segmentLength);
    int[] own = Arrays.copyOfRange(tokens, from, from + segmentLength);
    boolean first = !parquet.getFileMetaData().getSchema().containsField(ShardSchema.SPANS);
    List<DocumentSpan> spans = first ? List.of() : spans(rowGroup).get(row);
    return new Segment(firstSegment + row, own, spans);
  }

  /** Where the tokens of each segment of a row group came from; only this column is read. */
  public List<List<DocumentSpan>> spans(int rowGroup) throws IOException {
    try (PageReadStore pages = read(rowGroup, ShardSchema.ONLY_SPANS)) {
      RecordReader<Group> records =
          new ColumnIOFactory()
              .getColumnIO(ShardSchema.ONLY_SPANS)
              .getRecordReader(pages, new GroupRecordConverter(ShardSchema.ONLY_SPANS));
      List<List<DocumentSpan>> spans = new ArrayList<>();
      for (long row = 0; row < pages.getRowCount(); row++) {
        spans.add(spans(records.read().getGroup(ShardSchema.SPANS, 0)));
      }
      return spans;
    }
  }

  private static List<DocumentSpan> spans(Group list) {
    List<DocumentSpan> spans = new ArrayList<>();
    for (int i = 0; i < list.getFieldRepetitionCount(ShardSchema.LIST); i++) {
      Group span = list.getGroup(ShardSchema.LIST, i).getGroup(ShardSchema.ELEMENT, 0);
      spans.add(
          new DocumentSpan(
              span.getLong(ShardSchema.PLACE, 0),
              span.getLong(ShardSchema.URL_HASH, 0),
              span.getInteger(ShardSchema.OFFSET, 0),
              span.getInteger(ShardSchema.LENGTH, 0)));
    }
    return spans;
  }

  @Override
  public void close() throws IOException {
    parquet.close();
  }

  private PageReadStore read(int rowGroup, MessageType schema) throws IOException {
    parquet.setRequestedSchema(schema);
    return parquet.readRowGroup(rowGroup);
  }

  private ColumnReadStoreImpl columns(PageReadStore pages, MessageType schema) {
    return new ColumnReadStoreImpl(
        pages,
        new DummyRecordConverter(schema).getRootConverter(),
        schema,
        parquet.getFileMetaData().getCreatedBy());
  }

  private int[] tokens(PageReadStore pages, ColumnReadStoreImpl columns) {
    int rows = Math.toIntExact(pages.getRowCount());
    ColumnReader column =
        columns.getColumnReader(
            ShardSchema.ONLY_TOKENS.getColumnDescription(
                new String[] {ShardSchema.TOKENS, ShardSchema.LIST, ShardSchema.ELEMENT}));
    int[] tokens = new int[Math.multiplyExact(rows, segmentLength)];
    if (column.getTotalValueCount() != tokens.length) {
      throw uneven(rows, column.getTotalValueCount());
    }
    for (int i = 0; i < tokens.length; i++) {
      boolean starts = column.getCurrentRepetitionLevel() == 0;
      if (starts != (i % segmentLength == 0)) {
        throw uneven(rows, tokens.length);
      }
      tokens[i] = column.getInteger();
      column.consume();
    }
    return tokens;
  }

  private InputException uneven(int rows, long tokens) {
    return new InputException(
        "%s: %d tokens in %d segments are not segments of %d each: run prepare again with --fresh"
            .formatted(path, tokens, rows, segmentLength));
  }
}
